"""What is loaded beside a model, into the same engine."""
