"""`tests/worker/chat/test_overflow.py` over a bridge."""

from tests.worker.chat.test_overflow import *  # noqa: F403
