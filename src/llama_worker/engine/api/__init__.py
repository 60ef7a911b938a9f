"""llama-server's HTTP API, each path, body and answer once."""
