"""Our names and terms beside those of independent programs."""
