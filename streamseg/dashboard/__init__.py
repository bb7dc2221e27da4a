"""The terminal dashboard: a picture of a stream, its numbers and its controls."""
