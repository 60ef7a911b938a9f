"""Answers of a given form: JSON schemas, Python types, grammars."""
