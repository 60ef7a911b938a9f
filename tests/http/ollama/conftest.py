"""A server that Ollama's clients ask."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from llama_worker import LlamaWorker
from llama_worker.config.named_model import NamedModel
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from llama_worker.options import ModelOptions, PromptOptions
from tests.http.server import Address, Response, fetch, serving

Body = dict[str, Any]
SHORT = {"temperature": 0, "num_predict": 24}


class Asking:
    """Asks one server."""

    def __init__(self, address: Address, worker: LlamaWorker) -> None:
        self.address = address
        self.worker = worker

    async def send(self, path: str, body: Any = None, *, method: str = "POST", **headers: str) -> Response:
        return await fetch(self.address, method, f"/api/{path}", body, headers)

    async def whole(self, path: str, body: Body, status: int = 200) -> Any:
        """An answer in one piece."""
        answer = await self.send(path, {"model": "builtin", "stream": False, "options": SHORT} | body)
        assert answer.status == status, answer.body
        return answer.json()

    async def lines(self, path: str, body: Body) -> list[Any]:
        """A streamed answer."""
        answer = await self.send(path, {"model": "builtin", "options": SHORT} | body)
        assert (answer.status, answer.headers["content-type"]) == (200, "application/x-ndjson"), answer.body
        return [json.loads(line) for line in answer.body.splitlines()]

    async def listed(self, path: str) -> list[Any]:
        answer = await self.send(path, method="GET")
        models: list[Any] = answer.json()["models"]
        return models


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ollama(tmp_path_factory: Any) -> AsyncIterator[Asking]:
    folder: Path = tmp_path_factory.mktemp("ollama")
    mine = NamedModel(
        model="builtin",
        options=ModelOptions(calibrate=False, context_size=512),
        prompt=PromptOptions(system_prompt="Be kind.", top_k=7),
    )
    async with LlamaWorker() as worker:
        app = create_app(worker, store=ModelStore(folder / "hub", folder / "plain"), models={"builtin": mine})
        async with serving(app) as address:
            yield Asking(address, worker)
