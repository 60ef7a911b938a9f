"""A worker's methods for model files, over a port."""
