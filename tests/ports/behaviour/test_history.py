"""`tests/worker/chat/test_history.py` over a bridge."""

from tests.worker.chat.test_history import *  # noqa: F403
