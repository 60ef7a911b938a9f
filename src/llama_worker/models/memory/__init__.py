"""What a model will need in memory, and what there is."""
