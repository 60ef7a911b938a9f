"""Many WebSocket clients at once: most of them idle, the others streaming.

`python -m benchmarks.costs.websocket_clients`: 200 idle and 50 streaming clients of one server; every stream must end
whole and every idle client must still be answered. Tells how long it took and what the server's memory grew by.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
from tests.gguf_factory import write_gguf

from benchmarks.costs.http_overhead import served

IDLE, STREAMING, TOKENS = 200, 50, 200


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_gguf(Path(folder) / "random.gguf")
        async with served(path) as (session, process), contextlib.AsyncExitStack() as stack:
            before = process.memory_info().rss
            idle = [await stack.enter_async_context(session.ws_connect("/ws")) for _ in range(IDLE)]
            streaming = [await stack.enter_async_context(session.ws_connect("/ws")) for _ in range(STREAMING)]
            begun = time.perf_counter()
            tokens = await asyncio.gather(*(stream(socket) for socket in streaming))
            seconds = time.perf_counter() - begun
            answered = await asyncio.gather(*(list_models(socket) for socket in idle))
            grown = (process.memory_info().rss - before) / 1e6
            assert all(answered)
            assert len(tokens) == STREAMING
    print(
        f"{STREAMING} streams of {TOKENS} tokens beside {IDLE} idle clients: {sum(tokens)} tokens in {seconds:.1f} s, "
    )
    print(f"no error; {sum(answered)} of {IDLE} idle clients were answered; the server grew by {grown:.0f} MB")


async def stream(socket: aiohttp.ClientWebSocketResponse) -> int:
    """Stream one answer; gives its tokens, raises when it is not whole."""
    options = {"maxTokens": TOKENS, "temperature": 0}
    await socket.send_json({"type": "complete", "prompt": "Hello", "options": options, "id": 1})
    text, message = "", await next_message(socket)
    while message["type"] != "completion_done":
        text += message.get("chunk", "")
        message = await next_message(socket)
    assert text == message["fullText"]
    return int(message["stats"]["completionTokens"])


async def list_models(socket: aiohttp.ClientWebSocketResponse) -> bool:
    await socket.send_json({"type": "list_models", "id": 1})
    while (await next_message(socket))["type"] != "result":
        pass
    return True


async def next_message(socket: aiohttp.ClientWebSocketResponse) -> Any:
    message = await socket.receive_json(timeout=300)
    assert message["type"] != "error", message
    return message


if __name__ == "__main__":
    asyncio.run(main())
