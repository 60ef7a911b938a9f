"""`tests/worker/chat/test_session.py` over a bridge."""

from tests.worker.chat.test_session import *  # noqa: F403
