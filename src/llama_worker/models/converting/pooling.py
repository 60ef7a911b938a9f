"""Models that embed texts: how the vectors of a text's tokens become one, of sentence-transformers' files."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from ...errors import InvalidModelError, NotSupportedError
from .checkpoint.repository import Repository

if TYPE_CHECKING:
    import gguf

_KINDS = {"mean": "MEAN", "cls": "CLS", "lasttoken": "LAST", "last_token": "LAST"}
_FLAGS = {"pooling_mode_mean_tokens": "MEAN", "pooling_mode_cls_token": "CLS", "pooling_mode_lasttoken": "LAST"}


def write_pooling(repository: Repository, keys: gguf.GGUFWriter) -> None:
    """The kind of pooling, when the repository says one. Raises `NotSupportedError` for one that llama.cpp lacks."""
    import gguf

    settings = _settings(repository)
    if settings is not None:
        keys.add_pooling_type(gguf.PoolingType[_kind(repository, settings)])


def _settings(repository: Repository) -> dict[str, Any] | None:
    if folder := _folder(repository):
        return repository.json(f"{folder}/config.json") or {}
    other = repository.json("embedding_config.json") or {}
    return {"pooling_mode": other["pooling"]} if other.get("pooling") else None


def _folder(repository: Repository) -> str | None:
    """Where modules.json says that the pooling is configured: a folder of this repository."""
    for module in repository.list("modules.json"):
        if isinstance(module, dict) and str(module.get("type")).endswith("Pooling"):
            path = PurePosixPath(str(module.get("path")))
            if path.is_absolute() or ".." in path.parts:
                raise InvalidModelError(f"modules.json of {repository.name} leads out of the repository, to {path}.")
            return str(path)
    return None


def _kind(repository: Repository, settings: dict[str, Any]) -> str:
    flagged = next((kind for flag, kind in _FLAGS.items() if settings.get(flag)), None)
    kind = flagged or _KINDS.get(str(settings.get("pooling_mode")))
    if kind is None:
        raise NotSupportedError(f"{repository.name} pools in a way that llama.cpp cannot: {settings}.")
    return kind
