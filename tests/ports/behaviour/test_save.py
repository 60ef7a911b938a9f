"""`tests/worker/chat/test_saving.py` over a bridge."""

from tests.worker.chat.test_saving import *  # noqa: F403
