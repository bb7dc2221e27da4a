"""Masks that leave as files: a folder of pictures, or one volume."""
