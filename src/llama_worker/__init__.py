"""llama-worker."""
