"""`tests/worker/test_save.py` over a bridge."""

from tests.worker.test_save import *  # noqa: F403
