"""Commands that serve models to other programs, and those about servers that run."""
