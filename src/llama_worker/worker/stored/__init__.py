"""What a worker does with the models on this machine, loaded or not."""
