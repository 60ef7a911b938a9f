"""`tests/worker/test_builtin_session.py` over a bridge."""

from tests.worker.test_builtin_session import *  # noqa: F403
