"""Pictures to train on that no patient is in: computed, with exact masks."""
