"""`tests/worker/structured/test_response_format.py` over a bridge."""

from tests.worker.structured.test_response_format import *  # noqa: F403
