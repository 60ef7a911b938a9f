"""`tests/worker/media/test_seeing.py` and `test_transcribe.py` over a bridge."""

from tests.worker.media.conftest import seeing  # noqa: F401
from tests.worker.media.test_seeing import *  # noqa: F403
from tests.worker.media.test_transcribe import *  # noqa: F403
