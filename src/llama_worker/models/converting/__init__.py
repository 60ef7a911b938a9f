"""Converting: from a repository of safetensors to a GGUF file, without torch."""
