"""Hostile model files, requests, templates, session files and grammars, made by the thousand: `make torture`."""
