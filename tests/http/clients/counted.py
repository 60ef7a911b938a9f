"""The server that clients of others are tried against: it asks for a key, and counts what it is asked."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from llama_worker import LlamaWorker, ModelOptions
from llama_worker.config.named_model import NamedModel
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from tests.http.server import Address, serving
from tests.projector_factory import png, wav

KEY = "a-key"


class Counted:
    """An app, and how often it was asked by POST."""

    def __init__(self, app: ASGIApp, worker: LlamaWorker) -> None:
        self._app = app
        self._worker = worker
        self._posts = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") == "/-/counts":
            running = sum(model.runtime.usage.users for model in self._worker.models)
            return await JSONResponse({"posts": self._posts, "running": running})(scope, receive, send)
        self._posts += scope.get("method") == "POST"
        await self._app(scope, receive, send)


@asynccontextmanager
async def counted_server(worker: LlamaWorker, store: ModelStore, **paths: Path) -> AsyncIterator[Address]:
    """With the built-in model and those of `paths` by their names."""
    options = ModelOptions(context_size=2048)
    models = {name: NamedModel(model=str(path), options=options) for name, path in paths.items()}
    app = create_app(worker, store=store, models={"builtin": NamedModel(model="builtin"), **models}, api_key=KEY)
    async with serving(Counted(app, worker)) as address:
        yield address


def environment(server: Address, folder: Path) -> dict[str, str]:
    """What the scripts are told, and what keeps libraries from asking elsewhere, and from writing but in `folder`."""
    return {
        "LLAMA_WORKER_URL": server.url,
        "LLAMA_WORKER_PHOTO": base64.b64encode(png()).decode(),
        "LLAMA_WORKER_SOUND": base64.b64encode(wav()).decode(),
        "OPENAI_API_KEY": KEY,
        "PYTHONPATH": str(Path(__file__).parent / "kit"),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "NO_PROXY": "127.0.0.1",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LANGSMITH_TRACING": "false",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
    } | {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
