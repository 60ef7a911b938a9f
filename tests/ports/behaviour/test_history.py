"""`tests/worker/test_history.py` over a bridge."""

from tests.worker.test_history import *  # noqa: F403
