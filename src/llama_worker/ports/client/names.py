"""Names of models and files, as they travel."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ...models.names import parse_model_name


def sent_name(name: str | os.PathLike[str] | Mapping[str, Any]) -> str:
    """A model's name as it travels. Raises `InvalidOptionsError`."""
    parsed = parse_model_name(name)
    return str(parsed) if isinstance(name, Mapping) else os.fsdecode(name)


def sent_path(path: str | os.PathLike[str] | None) -> str | None:
    """A path on the machine at the other end."""
    return None if path is None else os.fsdecode(path)
