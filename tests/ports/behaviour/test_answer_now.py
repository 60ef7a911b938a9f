"""`tests/worker/generation/reasoning/test_answer_now.py` over a bridge."""

from tests.worker.generation.reasoning.test_answer_now import *  # noqa: F403
