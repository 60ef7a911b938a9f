"""How much a model reasons."""
