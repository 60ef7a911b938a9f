"""What of a component can stand in a pipeline's file."""

from __future__ import annotations

import os
from typing import Any

from ... import sync
from ...worker.model import Model as AsyncModel
from ..access.model import ModelLike, WorkerLike


def model_in_a_file(model: ModelLike, worker: WorkerLike | None) -> Any:
    """Its name. Raises ValueError for what lives in this program only."""
    if worker is not None or isinstance(model, AsyncModel | sync.Model):
        raise ValueError("A worker or a loaded model cannot be written to a file: give the model by its name.")
    return os.fspath(model) if isinstance(model, os.PathLike) else model
