"""Providers for other people's frameworks, where none is installed."""
