"""Fake models for a whole process, as a command is told to have them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from .installing import FakeModels, fake_models
from .model import FakeModel
from .script.file import read_script


def faked(script: str) -> AbstractContextManager[FakeModels]:
    """Those of the script in that file; without one, which is an empty text or "1", every model says what fits."""
    return fake_models(FakeModel() if script in ("", "1") else read_script(Path(script)))
