"""The chat template of a repository, which may stand in one of three files."""

from __future__ import annotations

from typing import Any

from ....errors import InvalidModelError
from ..checkpoint.repository import Repository

_LARGEST_BYTES = 4 * 1024 * 1024


def chat_template(repository: Repository) -> str | list[dict[str, str]] | None:
    """The template, or several with their names; None when there is none."""
    found: Any = (repository.json("tokenizer_config.json") or {}).get("chat_template")
    if found is None:
        found = _beside(repository)
    return found if isinstance(found, (str, list)) else None


def _beside(repository: Repository) -> Any:
    if not repository.has("chat_template.jinja"):
        return (repository.json("chat_template.json") or {}).get("chat_template")
    default = _text(repository, "chat_template.jinja")
    more = sorted((repository.folder / "additional_chat_templates").glob("*.jinja"))
    if not more:
        return default
    named = [{"name": path.stem, "template": _text(repository, f"{path.parent.name}/{path.name}")} for path in more]
    return [{"name": "default", "template": default}, *named]


def _text(repository: Repository, name: str) -> str:
    path = repository.folder / name
    if path.stat().st_size > _LARGEST_BYTES:
        raise InvalidModelError(f"{name} of {repository.name} is larger than any template.")
    return path.read_text(encoding="utf-8")
