"""How long a request waits for the slots of clients who do not read their streams.

    python -m benchmarks.costs.unread_streams [--streams 4] [--sequences 4]

Each stream is long (`logprobs: 20`, about 10 MB) and its client's system takes little in advance, so that all of it
piles up in the server. Prints the seconds until another client has its answer of five tokens, and what the server's
process has grown by.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

import psutil
from tests.gguf_factory import write_gguf
from tests.http.server import RawClient, fetch, serving

from llama_worker import LlamaWorker
from llama_worker.http import create_app

STREAM = {"prompt": "Hello!", "max_tokens": 3500, "logprobs": 20, "stream": True}


async def measure(folder: Path, streams: int, sequences: int) -> None:
    async with LlamaWorker() as worker:
        await worker.load_model(write_gguf(folder / "endless.gguf", endless=True), sequences=sequences)
        async with serving(create_app(worker)) as address:
            await fetch(address, "POST", "/v1/completions", {"prompt": "a", "max_tokens": 5})
            before = psutil.Process().memory_info().rss
            unread = [await RawClient.connect_unread(address) for _ in range(streams)]
            for client in unread:
                await client.post("/v1/completions", STREAM)
            began = time.monotonic()
            answer = await fetch(address, "POST", "/v1/completions", {"prompt": "a", "max_tokens": 5})
            grown = (psutil.Process().memory_info().rss - before) / 2**20
            waited = time.monotonic() - began
            print(f"{streams} unread, {sequences} slots: {waited:.1f} s, status {answer.status}, {grown:.0f} MiB")
            for client in unread:
                client.leave()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=4)
    parser.add_argument("--sequences", type=int, default=4)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), arguments.streams, arguments.sequences))


if __name__ == "__main__":
    main()
