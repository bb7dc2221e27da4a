"""A level of logging for what a person should read once, though nothing is wrong."""

NOTICE = 25
"""Between a warning (30) and information (20)."""
