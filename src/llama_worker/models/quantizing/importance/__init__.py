"""Importance matrices: how much each input of a tensor matters, measured by `llama-imatrix` on some text."""
