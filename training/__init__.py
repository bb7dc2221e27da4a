"""How streamseg's models are made: data sets, splits, the U-Net, training, evaluation, export.

streamseg never imports this package.
"""
