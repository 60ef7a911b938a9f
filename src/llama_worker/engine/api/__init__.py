"""llama-server's HTTP API: its paths, bodies and answers, and its names for options, once each."""
