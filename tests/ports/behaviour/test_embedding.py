"""`tests/worker/embedding/test_embedding.py` over a bridge."""

from tests.worker.embedding.test_embedding import *  # noqa: F403
