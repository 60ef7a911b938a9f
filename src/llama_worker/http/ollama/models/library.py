"""`/api/tags`, `/api/show`, `/api/ps`, `/api/delete`: what there is, what is loaded, what is no longer wanted."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct, to_builtins
from starlette.types import Receive, Scope, Send

from ....messages.stored import ModelEntry
from ....messages.values import DeviceMemory
from ....models.store.store import ModelStore
from ....options import PromptOptions
from ....worker.model import Model
from ...answers import send_json
from ...bodies import checked, read_json
from ...dialects.fields import Object
from ...pool import ModelPool
from ...problems import Problem
from ..bodies import as_json
from ..forms import time_text
from ..names import ollama_name, own_name
from .capabilities import capabilities_of
from .catalogue import Catalogue, Found
from .describe import details_in, details_of, digest_of, metadata_of, modified_at

_FOR_EVER = "9999-12-31T23:59:59Z"
_Name = Annotated[str, Meta(max_length=1024)]


class NameRequest(Struct):
    """Which model, under Ollama's name of the field or the older one."""

    model: _Name = ""
    name: _Name = ""
    verbose: bool = False


class LibraryRoutes:
    """The endpoints."""

    def __init__(self, pool: ModelPool, store: ModelStore) -> None:
        self._pool = pool
        self._store = store
        self._catalogue = Catalogue(pool, store)

    async def tags(self, scope: Scope, receive: Receive, send: Send) -> None:
        """All that a request may ask for."""
        entries = await asyncio.to_thread(self._catalogue.entries)
        models = await asyncio.to_thread(lambda: [_listed(name, entry) for name, entry in entries.items()])
        await send_json(send, {"models": models})

    async def ps(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is loaded, and until when."""
        running = [model for model in self._pool.worker.models if model.pid is not None]
        await send_json(send, {"models": [self._running(model) for model in running]})

    async def show(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await self._request(scope, receive)
        found = await asyncio.to_thread(self._catalogue.find, request.model or request.name)
        await send_json(send, await asyncio.to_thread(self._shown, found, verbose=request.verbose))

    async def delete(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Remove a model from the store, and from memory."""
        request = await self._request(scope, receive)
        name = request.model or request.name
        own = own_name(name, self._pool)
        if own in self._pool.names:
            message = f"{name} is a name that this server was started with: it is not removed by a request."
            raise Problem(400, message, code="invalid_value", param="model")
        removal = await asyncio.to_thread(self._store.plan_removal, self._catalogue.target(name))
        if model := self._pool.find(own):
            await self._pool.worker.unload_model(model.id)
        await asyncio.to_thread(removal.carry_out)
        await send_json(send, {"status": "success"})

    async def _request(self, scope: Scope, receive: Receive) -> NameRequest:
        request = checked(await read_json(as_json(scope), receive, self._pool.options), NameRequest)
        if not request.model and not request.name:
            raise Problem(400, "model is required", code="invalid_value", param="model")
        return request

    def _running(self, model: Model) -> Object:
        info, name = model.info, ollama_name(self._pool.public_name(model))
        return {
            "name": name,
            "model": name,
            "size": info.resident_bytes or info.size,
            "digest": digest_of(model.path),
            "details": details_of(model.runtime.loaded_files.header),
            "expires_at": self._expires_at(model),
            "size_vram": sum(map(_bytes_on_gpu, info.memory)),
            "context_length": info.context_size,
        }

    def _expires_at(self, model: Model) -> str:
        resident, usage = self._pool.worker.residency.of(model.runtime), model.runtime.usage
        if resident is None or resident.keep_alive is None:
            return _FOR_EVER
        unused = 0.0 if usage.held else time.monotonic() - usage.last_used
        return time_text(datetime.now(UTC) + timedelta(seconds=resident.keep_alive - unused))

    def _shown(self, found: Found, *, verbose: bool) -> Object:
        named = self._pool.names.get(found.name)
        told: Object = {
            "license": found.header.text("general.license") or "",
            "modelfile": f"FROM {ollama_name(found.name)}\n",
            "parameters": parameters_text(named.prompt) if named else "",
            "template": found.template,
            "details": details_of(found.header),
            "model_info": metadata_of(found.header, verbose=verbose),
            "capabilities": capabilities_of(found.header, found.modalities, found.template),
            "modified_at": modified_at(found.files.path),
        }
        if named and named.prompt.system_prompt:
            told["system"] = named.prompt.system_prompt
        return told


def _bytes_on_gpu(memory: DeviceMemory) -> int:
    if memory.device.startswith("CPU") or memory.device.endswith("_Host"):
        return 0
    return memory.model_bytes + memory.cache_bytes + memory.compute_bytes


def parameters_text(prompt: PromptOptions) -> str:
    """What answers are generated with where a request does not say it, one a line."""
    said = {name: value for name, value in to_builtins(prompt, str_keys=True).items() if name != "systemPrompt"}
    return "\n".join(f"{name:<30} {value}" for name, value in said.items())


def _listed(name: str, entry: ModelEntry) -> Object:
    shown, path = ollama_name(name), Path(entry.path)
    return {
        "name": shown,
        "model": shown,
        "modified_at": modified_at(path),
        "size": entry.size_bytes,
        "digest": digest_of(path),
        "details": details_in(entry),
    }
