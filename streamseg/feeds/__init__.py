"""What a view can look at: the streams of this process, or the log of another one."""
