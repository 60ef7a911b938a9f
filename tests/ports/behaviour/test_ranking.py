"""`tests/worker/embedding/test_ranking.py` over a bridge."""

from tests.worker.embedding.test_ranking import *  # noqa: F403
