"""Readers of data sets in the layouts in which they are published, one file each; `prepare` alone uses them.

Each has an ``INFO`` (`training.data.prepared.DatasetInfo`) and a ``read_cases(folder)`` that yields
`training.data.case.Case` objects one by one. ``docs/datasets.md`` says where a user obtains the data, on what terms.
"""
