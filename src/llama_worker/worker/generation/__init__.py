"""One answer of a model: what is request of the engine, and what comes back."""
