"""What may be changed while a stream runs, and how a change is noted and taken back."""
