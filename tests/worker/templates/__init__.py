"""Chat templates of a caller's choice, and what a model sees."""
