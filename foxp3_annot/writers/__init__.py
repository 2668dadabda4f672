"""The thin edge where our own objects become files."""
