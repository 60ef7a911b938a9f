"""Options as people write them down: `-o NAME=VALUE` on the command line, and `llama-worker.toml`."""
