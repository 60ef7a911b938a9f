"""`tests/worker/test_options_grammar.py` over a bridge."""

from tests.worker.test_options_grammar import *  # noqa: F403
