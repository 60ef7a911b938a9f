"""What `llama-worker bench` is made of: prompts, samples, their spread, and what else the machine did meanwhile."""
