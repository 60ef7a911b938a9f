"""A server's life: worker, models, app, socket, until a signal."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from ...config.named_model import NamedModel
from ...options import LlamaOptions, ServerOptions
from ...worker.residency.probe import probe
from ...worker.worker import LlamaWorker
from ..app import create_app
from ..pool import ModelPool
from .server import create_server


class Plan(Struct, frozen=True, kw_only=True):
    """What to serve."""

    llama: LlamaOptions
    models: Mapping[str, NamedModel]
    server: ServerOptions = ServerOptions()
    api_key: str | None = None
    data: Path | None = None
    access_log: bool = False


async def serve_until_signal(
    plan: Plan, listening: socket.socket, welcome: Callable[[socket.socket, str | None], None]
) -> None:
    """Serve until SIGINT or SIGTERM, then end every engine. The models load while requests come in already."""
    async with LlamaWorker(plan.llama) as worker:
        app = create_app(worker, plan.server, api_key=plan.api_key, models=plan.models, data=plan.data)
        server = create_server(app, app.state.pool.options, access_log=plan.access_log)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            for name, named in plan.models.items():
                if named.warm_up:
                    await _unless_ended(serving, _warm_up(app.state.pool, name))
            if not serving.done():
                welcome(listening, next(iter(plan.models), None))
            await serving
        finally:
            server.should_exit = True
            with contextlib.suppress(asyncio.CancelledError):
                await serving


async def _warm_up(pool: ModelPool, name: str) -> None:
    await probe((await pool.load(name)).runtime, None)


async def _unless_ended(serving: asyncio.Task[None], load: Any) -> None:
    """Load, but not on after Ctrl-C."""
    loading = asyncio.ensure_future(load)
    await asyncio.wait({serving, loading}, return_when=asyncio.FIRST_COMPLETED)
    if loading.done():
        loading.result()
    else:
        loading.cancel()
        await asyncio.wait({loading})
