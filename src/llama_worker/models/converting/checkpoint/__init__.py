"""Checkpoints: the tensors of a safetensors repository, read in parts when they are written."""
