"""`tests/worker/generation/test_options_form.py` over a bridge."""

from tests.worker.generation.test_options_form import *  # noqa: F403
