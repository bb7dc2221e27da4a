"""The picture of an ultrasound scanner: where in it the scan is, its scale, whether it is frozen, and who it names."""
