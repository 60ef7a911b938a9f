"""GGUF files: what their headers say, read without believing it."""
