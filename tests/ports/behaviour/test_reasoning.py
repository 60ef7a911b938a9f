"""`tests/worker/test_reasoning.py` over a bridge."""

from tests.worker.test_reasoning import *  # noqa: F403
