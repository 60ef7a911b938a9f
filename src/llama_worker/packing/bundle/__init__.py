"""`llama-worker bundle`: a folder with wheels, engine and models, for machines without a network."""
