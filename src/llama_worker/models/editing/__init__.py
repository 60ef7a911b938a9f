"""GGUF files, changed and compared: split, merged, their metadata edited, without an engine."""
