"""Readers of data sets, one file each. A reader turns a folder into `training.case.Case` objects."""
