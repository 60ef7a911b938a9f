"""`tests/worker/generation/test_options_sampling.py` over a bridge."""

from tests.worker.generation.test_options_sampling import *  # noqa: F403
