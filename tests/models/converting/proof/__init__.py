"""The proof of conversion: what this package makes of a checkpoint beside what llama.cpp's converter makes of it."""
