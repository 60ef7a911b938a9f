"""What llama-server has of its own, in its words."""
