"""`/api/chat` and `/api/generate`: what is asked of the engine, and its answer as lines."""
