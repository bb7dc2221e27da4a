"""What is found over a whole stack of slices: areas, volume, and a report of them."""
