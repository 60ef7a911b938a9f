"""`tests/worker/test_tools.py` over a bridge."""

from tests.worker.test_tools import *  # noqa: F403
