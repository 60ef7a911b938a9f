"""Commands about the models on this machine, and those that could come."""
