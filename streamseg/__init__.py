"""Real-time segmentation of ultrasound-style video. Research use only: not a medical device."""
