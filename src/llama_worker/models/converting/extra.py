"""The packages that converting needs, and nothing else does."""

from __future__ import annotations

from importlib.util import find_spec

from ...errors import MissingPackageError

_PACKAGES = ("gguf", "numpy", "sentencepiece", "tokenizers")


def ensure_packages() -> None:
    """Raises `MissingPackageError` when the extra `convert` is not installed."""
    missing = [package for package in _PACKAGES if find_spec(package) is None]
    if missing:
        raise MissingPackageError(f'Converting needs {" and ".join(missing)}: pip install "llama-worker[convert]".')
