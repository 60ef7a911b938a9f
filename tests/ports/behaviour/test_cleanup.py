"""`tests/worker/test_cleanup.py` over a bridge."""

from tests.worker.test_cleanup import *  # noqa: F403
