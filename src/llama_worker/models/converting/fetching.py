"""Which files of a hub's repository a conversion takes."""

from __future__ import annotations

from pathlib import PurePosixPath

from ...errors import NotSupportedError
from ..hub.repository import HubFile, HubRepository

_WEIGHTS = ".safetensors"
_TEXTS = (".json", ".txt", ".jinja", ".md", ".model")
_LARGEST_TEXT_BYTES = 256 * 1024 * 1024
_FOLDERS = frozenset({"", ".", "additional_chat_templates", "1_Pooling"})


def wanted_files(repository: HubRepository) -> list[HubFile]:
    """Weights, configuration, tokenizer and card. Raises `NotSupportedError` when it has no safetensors."""
    files = [file for file in repository.files if _is_wanted(file)]
    if not any(file.path.endswith(_WEIGHTS) for file in files):
        pickles = sorted(file.path for file in repository.files if file.path.endswith((".bin", ".pt", ".pth")))
        why = f"only {pickles[0]}, a pickle, which can run any code" if pickles else "nothing to convert"
        raise NotSupportedError(f"{repository.name} has no .safetensors files, {why}; look for one that has.")
    return files


def _is_wanted(file: HubFile) -> bool:
    """Shards are called model...; some repositories hold the same once more under other names."""
    path = PurePosixPath(file.path)
    if str(path.parent) not in _FOLDERS:
        return False
    if path.suffix == _WEIGHTS:
        return str(path.parent) == "." and path.name.startswith("model")
    return path.suffix in _TEXTS and file.size_bytes <= _LARGEST_TEXT_BYTES
