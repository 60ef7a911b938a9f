"""Anthropic's messages, translated from and to chat completions."""
