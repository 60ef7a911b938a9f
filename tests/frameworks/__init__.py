"""Providers for other people's frameworks, each against its framework in an environment of its own."""
