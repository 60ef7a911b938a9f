"""`tests/worker/test_worker.py` over a bridge."""

from tests.worker.test_worker import *  # noqa: F403
