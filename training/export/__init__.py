"""From a run to what ships: files of every form that agree with Keras, and the card that vouches for them."""
