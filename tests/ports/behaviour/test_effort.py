"""`tests/worker/generation/reasoning/test_effort.py` over a bridge."""

from tests.worker.generation.reasoning.test_effort import *  # noqa: F403
