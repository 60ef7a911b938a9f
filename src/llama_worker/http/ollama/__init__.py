"""Ollama's API: its routes under /api, its names of models, its lines of JSON."""
