"""`tests/worker/infill/test_infill.py` over a bridge."""

from tests.worker.infill.test_infill import *  # noqa: F403
