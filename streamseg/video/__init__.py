"""Reading and writing video files and still pictures."""
