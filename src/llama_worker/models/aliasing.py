"""Short names of models: what they mean, and how they come to."""

from __future__ import annotations

from pathlib import Path

from ..config.aliases import is_alias, read_aliases, remove_alias, set_alias
from .names import FileName, ModelName, parse_model_name


def change_alias(name: str, model: ModelName | None) -> str:
    """Let `name` mean `model` from every folder, or nothing any more; gives what it means or meant. Raises as
    `config.aliases.set_alias`."""
    if model is None:
        return remove_alias(name)
    target = str(model.path.absolute()) if isinstance(model, FileName) else str(model)
    set_alias(name, target)
    return target


def meant(name: ModelName) -> ModelName:
    """What a short name stands for; any other name, and that of a file that is there, as it is. Raises
    `ConfigurationError` for a file of them that cannot be read."""
    if not isinstance(name, FileName) or not is_alias(str(name)) or Path(name.path).exists():
        return name
    target = read_aliases().get(str(name))
    return parse_model_name(target) if target else name
