"""What the dashboard draws with. Widgets that know arrays, numbers and strings, and nothing of the pipeline.

Each file holds a pure function that draws (data, size, `Ink` in; `Strip`s out) and the Textual widget around it. Data
are handed over with ``show(...)``; what a person does comes back as a message.
"""
