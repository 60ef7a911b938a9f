"""Commands that load a model and ask it something."""
