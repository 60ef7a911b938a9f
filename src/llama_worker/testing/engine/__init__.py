"""A scripted engine: llama-server's paths, answered in this process, over a connection that is none."""
