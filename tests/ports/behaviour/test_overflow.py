"""`tests/worker/test_overflow.py` over a bridge."""

from tests.worker.test_overflow import *  # noqa: F403
