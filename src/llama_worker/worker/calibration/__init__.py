"""How fast this machine reads prompts with a model, measured when the model is loaded first, and kept."""
