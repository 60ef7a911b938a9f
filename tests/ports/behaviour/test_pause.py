"""`tests/worker/generation/test_pause.py` over a bridge."""

from tests.worker.generation.test_pause import *  # noqa: F403
