"""Prepared data sets: cases, splits, and the samples that a network is shown."""
