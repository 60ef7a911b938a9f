"""Vocabularies: tokenizers of repositories as GGUF has them."""
