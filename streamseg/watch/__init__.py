"""What is observed of a stream while it runs, as immutable snapshots for whoever looks."""
