"""The HTTP door: `create_app` gives an ASGI app, `llama-worker serve` serves it."""

from __future__ import annotations

from ..errors import LlamaWorkerError

try:
    from .app import create_app
except ModuleNotFoundError as error:
    if error.name not in ("starlette", "uvicorn"):
        raise
    raise LlamaWorkerError(f'The server needs {error.name}: pip install "llama-worker[http]".') from error
from ..options.server import ServerOptions

__all__ = ["ServerOptions", "create_app"]
