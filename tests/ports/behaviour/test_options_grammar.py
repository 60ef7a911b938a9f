"""`tests/worker/generation/test_options_grammar.py` over a bridge."""

from tests.worker.generation.test_options_grammar import *  # noqa: F403
