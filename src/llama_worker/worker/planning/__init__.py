"""How a model will be run: what was asked for, what suits machine and file, and what does not go together."""
