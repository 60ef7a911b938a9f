"""`python -m llama_worker` is `llama-worker`."""

from .cli import main

main()
