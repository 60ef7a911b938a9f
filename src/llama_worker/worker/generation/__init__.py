"""One answer of a model: what the engine is asked, and what comes back."""
