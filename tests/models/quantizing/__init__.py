"""Quantizing: compared with llama.cpp's own tool, killed in the middle, fed with nonsense."""
