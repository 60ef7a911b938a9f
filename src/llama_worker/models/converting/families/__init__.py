"""One file for each family of models: what is special about it, and nothing else."""
