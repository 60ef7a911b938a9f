"""`tests/worker/test_structured.py` over a bridge."""

from tests.worker.test_structured import *  # noqa: F403
