"""The process behind `llama-worker stdio`."""

from __future__ import annotations

import asyncio

from ...stopping import Stopped
from ...worker.worker import LlamaWorker
from .connection import Connection
from .stdio import StdioPort


def serve_stdio(input_fd: int, output_fd: int) -> int:
    """Serve until the input ends and everything asked is answered, or a signal comes; gives the exit code."""
    return asyncio.run(_serve(input_fd, output_fd))


async def _serve(input_fd: int, output_fd: int) -> int:
    stopped = Stopped()
    port = StdioPort(input_fd, output_fd)
    async with LlamaWorker() as worker:
        serving = asyncio.create_task(Connection(worker, port).serve(finish=True))
        stop = asyncio.create_task(stopped.wait())
        await asyncio.wait([serving, stop], return_when=asyncio.FIRST_COMPLETED)
        serving.cancel()
        stop.cancel()
        await asyncio.gather(serving, stop, return_exceptions=True)
    return stopped.exit_code
