"""Signatures of models, verified in a process of its own before an engine sees a file."""
