"""`tests/worker/test_crash.py` over a bridge."""

from tests.worker.test_crash import *  # noqa: F403
