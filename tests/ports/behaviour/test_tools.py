"""`tests/worker/tools/test_toolbox.py` over a bridge."""

from tests.worker.tools.test_toolbox import *  # noqa: F403
