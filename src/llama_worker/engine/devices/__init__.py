"""GPUs as the engine sees them: which there are, and what of a model went where."""
