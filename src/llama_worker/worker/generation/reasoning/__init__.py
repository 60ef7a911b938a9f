"""How much a model reasons: by effort, by a budget of tokens, and until somebody wants the answer."""
