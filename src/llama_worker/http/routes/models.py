"""Models: what there is, what is loaded, loading, unloading and pulling."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from msgspec import Meta, Struct
from starlette.types import Receive, Scope, Send

from ...errors import OperationAborted
from ...errors.nearest import did_you_mean
from ...models.names import HubName, UrlName, parse_model_name
from ...models.store.store import ModelStore
from ...options import ContextOptions, ModelOptions
from ...options.hints import option_names
from ...worker.model import Model
from ...worker.operations.operation import Operation
from ..answers import EventSender, send_events, send_json
from ..bodies import checked, read_json
from ..dialects.fields import Object
from ..disconnect import while_connected
from ..pool import ModelPool
from ..problems import Problem, without_paths
from ..sse import DONE, event_of


class ModelRequest(Struct):
    """Which model."""

    model: Annotated[str, Meta(min_length=1, max_length=1024)]


class PullRequest(ModelRequest):
    """Which model, and what its bytes must be; with `stream` its progress comes as events."""

    stream: bool = False
    sha256: Annotated[str, Meta(pattern="^[0-9a-fA-F]{64}$")] | None = None


OPTIONS = frozenset({*ContextOptions.__struct_fields__, "gpu_layers", "prompt_cache_bytes", "keep", "keep_alive"})
"""Of a load those that a request may say: none that names a file, or that loosens what protects the machine."""


class LoadRequest(ModelRequest):
    """Which model, and options of `load_model`."""

    options: Object | None = None


class ModelRoutes:
    """The endpoints."""

    def __init__(self, pool: ModelPool, store: ModelStore) -> None:
        self._pool = pool
        self._store = store

    async def index(self, scope: Scope, receive: Receive, send: Send) -> None:
        """OpenAI's list, with the state of each model beside it."""
        await send_json(send, {"object": "list", "data": await self.entries()})

    async def show(self, scope: Scope, receive: Receive, send: Send) -> None:
        wanted = scope["path_params"]["model"]
        for entry in await self.entries():
            if wanted in (entry["id"], entry["id"].removeprefix("hf:")):
                return await send_json(send, entry)
        raise Problem(404, f"There is no model {wanted!r} here.", code="model_not_found", param="model")

    async def status(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What `ps` and the page show."""
        models = [self._status(model) for model in self._pool.worker.models]
        started = int(self._pool.started)
        await send_json(send, {"started": started, "models": models, "loading": self._pool.loading()})

    async def entries(self) -> list[Object]:
        """Loaded models, the configured names and what the store holds, each once; no paths."""
        models = self._pool.worker.models
        loaded = [self._loaded(model) | {"id": name} for model in models for name in self._pool.naming.all_of(model)]
        stored = [_stored(entry) for entry in await asyncio.to_thread(self._store.list)]
        named = [_entry(name, "available") for name in self._pool.names]
        entries: dict[str, Object] = {}
        for entry in (*loaded, *named, *stored):
            entries[entry["id"]] = entry | entries.get(entry["id"], {})
        return list(entries.values())

    async def unload(self, scope: Scope, body: Object) -> Object:
        request = checked(body, ModelRequest)
        model = self._pool.find(request.model)
        if model is None:
            hint = did_you_mean(request.model, [loaded.public_name for loaded in self._pool.worker.models])
            raise Problem(404, f"Model {request.model} is not loaded{hint}.", code="model_not_loaded", param="model")
        await self._pool.worker.unload_model(model.path)
        return _entry(request.model, "available")

    async def load(self, scope: Scope, body: Object) -> Object:
        request = checked(body, LoadRequest)
        for name in request.options or {}:
            if name in option_names(ModelOptions) - OPTIONS:
                message = f"{name} cannot be said in a request: say it where the server is started."
                raise Problem(400, message, code="invalid_options", param=f"options.{name}")
        return self._loaded(await self._pool.load(request.model, request.options))

    async def pull(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Download a model; a client that leaves pauses it, and the next pull goes on."""
        body = await read_json(scope, receive, self._pool.options)
        request = checked(body, PullRequest)
        if not isinstance(parse_model_name(request.model), HubName | UrlName):
            raise Problem(400, "Only hf: names and URLs can be pulled.", code="invalid_value", param="model")
        await while_connected(receive, self._pull(request, send))

    async def _pull(self, request: PullRequest, send: Send) -> None:
        operation = self._pool.worker.download_within(self._pool.reach, request.model, sha256=request.sha256)
        if request.stream:
            sender = EventSender(send, self._pool.options.write_timeout)
            stream = sender.send(_progress(operation))
            return await send_events(sender, stream, lambda problem: event_of(problem.openai()))
        await operation
        await send_json(send, _entry(request.model, "available"))

    def _loaded(self, model: Model) -> Object:
        info = model.info
        facts = {"size": info.size, "parameters": info.parameters, "context_size": info.context_size}
        status = "failed" if info.engine == "failed" else "loaded"
        return _entry(self._pool.public_name(model), status) | facts

    def _status(self, model: Model) -> Object:
        queue = {"running": model.runtime.usage.users, "waiting": model.runtime.queue.waiting}
        info = model.info
        engine: Object = {
            "state": info.engine,
            "running": info.pid is not None,
            "pid": info.pid,
            "memory": info.resident_bytes,
            "mapped": info.mapped_bytes,
        }
        if info.last_death:
            engine["last_death"] = without_paths(info.last_death)
        return self._loaded(model) | {"requests": queue, "engine": engine} | self._terms(model)

    def _terms(self, model: Model) -> Object:
        resident = self._pool.worker.residency.of(model.runtime)
        return {"keep": resident.keep, "keep_alive": resident.keep_alive} if resident else {}


def _entry(name: str, status: str) -> Object:
    return {"id": name, "object": "model", "created": int(time.time()), "owned_by": "llama-worker", "status": status}


def _stored(entry: Any) -> Object:
    status = "available" if entry.state == "complete" else entry.state
    facts = {
        "size": entry.size_bytes,
        "downloaded": entry.downloaded_bytes,
        "parameters": entry.parameters,
        "architecture": entry.architecture,
        "quantization": entry.quantization,
        "trained_context_size": entry.context_length,
    }
    return _entry(entry.name, status) | {name: value for name, value in facts.items() if value is not None}


async def _progress(operation: Operation[Any, Any]) -> AsyncIterator[bytes]:
    """Leaving this generator aborts the operation."""
    try:
        async for event in operation:
            yield event_of({name: getattr(event, name) for name in event.__struct_fields__})
        await operation
        yield event_of({"value": 1.0, "status": "success"})
        yield DONE
    except OperationAborted:
        yield event_of({"status": "aborted"})
    finally:
        operation.abort()
