"""Vectors of texts, and documents ranked by them: many texts, a part at a time."""
