"""`tests/worker/generation/test_options_stop.py` over a bridge."""

from tests.worker.generation.test_options_stop import *  # noqa: F403
