"""A worker's methods for model files, without async."""
