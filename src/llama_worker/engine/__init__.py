"""One llama.cpp process: start it, talk to it, watch it, end it."""
