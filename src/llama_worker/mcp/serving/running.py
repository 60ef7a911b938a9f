"""A server's life: over standard input and output until that ends, or over streamable HTTP until a signal."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from ...config.named_model import NamedModel
from ...options import LlamaOptions
from ...stopping import Stopped
from ...worker.worker import LlamaWorker
from .models import Models
from .server import create_server
from .tools import Toolset

PATH = "/mcp"


class Plan(Struct, frozen=True, kw_only=True):
    """What to serve: the first of the `models` is the default; `downloads` offers a tool for them."""

    llama: LlamaOptions
    models: Mapping[str, NamedModel]
    downloads: bool = False
    api_key: str | None = None


async def serve_stdio(plan: Plan) -> int:
    """Serve until the input ends or a signal comes; gives the exit code."""
    from mcp.server.stdio import stdio_server

    stopped = Stopped()
    async with LlamaWorker(plan.llama) as worker:
        server = await _server(plan, worker)

        async def serve() -> None:
            async with stdio_server() as (reading, writing):
                await server.run(reading, writing, server.create_initialization_options())

        serving = asyncio.create_task(serve())
        stop = asyncio.create_task(stopped.wait())
        await asyncio.wait([serving, stop], return_when=asyncio.FIRST_COMPLETED)
        if not serving.done():
            await worker.cleanup()
            os._exit(stopped.exit_code)  # a thread still reads the input, which nothing can end
        stop.cancel()
        serving.result()
    return 0


async def serve_http(plan: Plan, listening: socket.socket, welcome: Callable[[], None]) -> None:
    """Serve at `PATH` until SIGINT or SIGTERM, then end every engine."""
    from ...http.middleware.key import KeyMiddleware, Keys
    from ...http.middleware.problems import ProblemMiddleware
    from ...http.serving.server import create_server as http_server

    async with LlamaWorker(plan.llama) as worker:
        server = await _server(plan, worker)
        app = server.streamable_http_app(streamable_http_path=PATH, host=listening.getsockname()[0])
        guarded = ProblemMiddleware(KeyMiddleware(app, Keys(plan.api_key), public=()))
        async with server.session_manager.run():
            welcome()
            await http_server(guarded).serve(sockets=[listening])


async def _server(plan: Plan, worker: LlamaWorker) -> Any:
    models = Models(worker, plan.models)
    await models.check(downloads=plan.downloads)
    return create_server(Toolset(worker, models, downloads=plan.downloads))
