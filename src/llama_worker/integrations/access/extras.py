"""What a program is told that asks for a framework which is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needs(module: str, *, package: str, extra: str) -> Iterator[None]:
    """Imports in the block may fail for want of `module`: then it raises ModuleNotFoundError, which names the extra."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != module:
            raise
        room = extra.replace("-", "_")
        message = f'llama_worker.integrations.{room} needs {package}: pip install "llama-worker[{extra}]".'
        raise ModuleNotFoundError(message, name=error.name) from None
