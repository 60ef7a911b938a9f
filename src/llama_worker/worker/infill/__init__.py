"""Gaps filled in the middle of a text, by models that were trained for it: code before and after a cursor."""
