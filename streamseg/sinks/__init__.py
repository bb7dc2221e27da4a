"""Where renderings go: one file per kind of sink. See `streamseg.registry`."""
