"""What a running server is asked over HTTP."""

from __future__ import annotations

import os
from typing import Any

import aiohttp

from ...errors import LlamaWorkerError

KEY_VARIABLE = "LLAMA_WORKER_API_KEY"
_SECONDS = 10
_UNLOADING_SECONDS = 60


async def models_status(url: str) -> Any:
    """What is loaded there. Raises `LlamaWorkerError` when nobody answers, or the key is wrong."""
    return await _ask("GET", url, "/models/status", None, _SECONDS)


async def unload(url: str, model: str) -> None:
    """End a model there. Raises `LlamaWorkerError`, also when it is not loaded."""
    await _ask("POST", url, "/models/unload", {"model": model}, _UNLOADING_SECONDS)


async def _ask(method: str, url: str, path: str, body: Any, seconds: float) -> Any:
    key = os.environ.get(KEY_VARIABLE)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    timeout = aiohttp.ClientTimeout(total=seconds)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, headers=headers) as session,
            session.request(method, url + path, json=body) as answer,
        ):
            if answer.status == 401:
                raise LlamaWorkerError(f"The server at {url} wants its API key in {KEY_VARIABLE}.")
            said = await answer.json()
            if answer.status in (400, 404) and isinstance(said, dict) and "error" in said:
                raise LlamaWorkerError(said["error"]["message"])
            answer.raise_for_status()
            return said
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
        raise LlamaWorkerError(f"No llama-worker server answers at {url}; `llama-worker serve` starts one.") from error
