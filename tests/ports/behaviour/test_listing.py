"""`tests/worker/residency/test_listing.py` over a bridge."""

from tests.worker.residency.test_listing import *  # noqa: F403
