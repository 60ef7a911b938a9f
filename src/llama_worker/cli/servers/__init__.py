"""Servers of this user that run: which there are, what they are asked, and their logs."""
