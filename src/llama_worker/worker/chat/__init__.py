"""Conversations: sessions, their turns, what fits into the context, and files."""
