"""One training run: batches, steps, epochs, and the folder that keeps them."""
