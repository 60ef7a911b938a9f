"""Which files of a hub's repository a conversion takes."""

from __future__ import annotations

from pathlib import PurePosixPath

from ...errors import NotSupportedError
from ..hub.repository import HubFile, HubRepository

_WEIGHTS = ".safetensors"
_TEXTS = (".json", ".txt", ".jinja", ".md", ".model")
_LARGEST_TEXT_BYTES = 256 * 1024 * 1024
_FOLDERS = frozenset({"", ".", "additional_chat_templates", "1_Pooling"})
ADAPTER, ADAPTER_CONFIG = "adapter_model.safetensors", "adapter_config.json"
_CONFIG = "config.json"


def wanted_files(repository: HubRepository) -> list[HubFile]:
    """Weights, configuration, tokenizer and card. Raises `NotSupportedError` when it has no safetensors."""
    files = [file for file in repository.files if _is_wanted(file)]
    if not any(file.path.endswith(_WEIGHTS) for file in files):
        if any(file.path == ADAPTER_CONFIG for file in files):
            raise without_base(str(repository.name))
        pickles = sorted(file.path for file in repository.files if file.path.endswith((".bin", ".pt", ".pth")))
        why = f"only {pickles[0]}, a pickle, which can run any code" if pickles else "nothing to convert"
        raise NotSupportedError(f"{repository.name} has no .safetensors files, {why}; look for one that has.")
    return files


def wanted_of_adapter(repository: HubRepository) -> list[HubFile]:
    """A LoRA adapter's pairs, configuration and card; what is missing is told where it is read."""
    return [file for file in repository.files if file.path in (ADAPTER, ADAPTER_CONFIG, "README.md")]


def wanted_of_base(repository: HubRepository) -> list[HubFile]:
    """What an adapter's conversion reads of the model that it changes. Raises `NotSupportedError` when it has none."""
    files = [file for file in repository.files if file.path == _CONFIG]
    if not files:
        raise NotSupportedError(
            f"{repository.name} has no {_CONFIG}; name the repository that the adapter was made for."
        )
    return files


def without_base(name: str) -> NotSupportedError:
    """That an adapter says too little by itself."""
    return NotSupportedError(
        f"{name} is a LoRA adapter; name the model that it changes as base, a folder or hf:org/repo."
    )


def _is_wanted(file: HubFile) -> bool:
    """Shards are called model...; some repositories hold the same once more under other names."""
    path = PurePosixPath(file.path)
    if str(path.parent) not in _FOLDERS:
        return False
    if path.suffix == _WEIGHTS:
        return str(path.parent) == "." and path.name.startswith("model")
    return path.suffix in _TEXTS and file.size_bytes <= _LARGEST_TEXT_BYTES
