"""`tests/worker/test_pause.py` over a bridge."""

from tests.worker.test_pause import *  # noqa: F403
