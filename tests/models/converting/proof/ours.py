"""A conversion by this package, without the process that it has elsewhere."""

from __future__ import annotations

from pathlib import Path

from llama_worker.models.converting.checkpoint.repository import Repository
from llama_worker.models.converting.plan import plan_conversion
from llama_worker.models.converting.writing import write_planned


def convert(folder: Path, target: Path, kind: str = "auto") -> Path:
    """The model file of a repository."""
    plan = plan_conversion(Repository(folder), kind)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_planned(plan, target.parent, target.name, lambda _: None)
    return target
