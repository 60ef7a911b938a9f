"""Hostile texts, and whether any of them becomes a special token in any family."""
