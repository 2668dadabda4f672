"""The thin edge where files become our own objects."""
