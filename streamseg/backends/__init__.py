"""Which runtime is fastest for a model on this machine: measured once, and remembered."""
