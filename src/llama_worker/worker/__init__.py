"""LlamaWorker: models, sessions, operations."""
