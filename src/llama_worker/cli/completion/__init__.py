"""Completion in shells: what they are told, and where."""
