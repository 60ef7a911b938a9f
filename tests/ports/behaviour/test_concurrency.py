"""`tests/worker/test_concurrency.py` over a bridge."""

from tests.worker.test_concurrency import *  # noqa: F403
