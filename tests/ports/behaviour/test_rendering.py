"""`tests/worker/templates/test_rendering.py` over a bridge."""

from tests.worker.templates.test_rendering import *  # noqa: F403
