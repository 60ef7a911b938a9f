"""Files that ship with llama-worker: the model `builtin`."""
