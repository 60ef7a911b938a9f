"""How engine processes of ours are called: with which arguments, and in which environment.

Known before any model is, and quickly imported: see `ahead.py`.
"""

from __future__ import annotations

import os

PARENT_VARIABLE = "LLAMA_WORKER_PARENT_PID"
FOLLOWING_VARIABLE = "LLAMA_WORKER_ENGINE_FOLLOWING"
EXEC, DEVICES, FOLLOW = "exec", "devices", "follow"
MODEL_REFUSED_EXIT_CODE = 3
# libgomp's threads spin this often before they sleep. Measured with a 350M model on two cores: beside a busy
# process 2000 decodes 4 times faster than libgomp's 300000, on an idle machine just as fast.
_SPIN_COUNT = "2000"
_SECRETS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "LLAMA_WORKER_API_KEY", "LLAMA_API_KEY")


def engine_environment() -> dict[str, str]:
    """Of every process that serves a model."""
    return inherited_environment() | {
        "LLAMA_SERVER_ROUTER_PORT": "1",  # makes it print its state as JSON lines, and watch its standard input
        "GGML_NO_BACKTRACE": "1",  # an abort takes a quarter of a second in place of one
        "PYTHONUNBUFFERED": "1",
    }


def inherited_environment() -> dict[str, str]:
    """The program's, less secrets and llama.cpp's own switches."""
    inherited = {
        name: value for name, value in os.environ.items() if name not in _SECRETS and not name.startswith("LLAMA_ARG_")
    }
    inherited.setdefault("GOMP_SPINCOUNT", _SPIN_COUNT)
    return inherited | {PARENT_VARIABLE: str(os.getpid())}
