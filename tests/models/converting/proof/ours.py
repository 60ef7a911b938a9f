"""A conversion by this package, without the process that it has elsewhere."""

from __future__ import annotations

from pathlib import Path

from llama_worker.models.converting.adapters.plan import plan_adapter
from llama_worker.models.converting.checkpoint.repository import Repository, RepositoryFiles
from llama_worker.models.converting.output.writing import write_planned
from llama_worker.models.converting.plan import Plan, plan_conversion


def convert(folder: Path, target: Path, kind: str = "auto") -> Path:
    """The model file of a repository."""
    return _written(plan_conversion(Repository(folder), kind), target)


def convert_adapter(folder: Path, base: Path, target: Path) -> Path:
    """The file of a repository with an adapter."""
    return _written(plan_adapter(RepositoryFiles(folder), Repository(base)), target)


def _written(plan: Plan, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    write_planned(plan, target.parent, target.name, lambda _: None)
    return target
