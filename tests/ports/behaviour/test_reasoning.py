"""`tests/worker/generation/test_reasoning.py` over a bridge."""

from tests.worker.generation.test_reasoning import *  # noqa: F403
