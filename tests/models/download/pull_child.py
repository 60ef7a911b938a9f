"""A process that downloads one model and prints its path, to be killed at will."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from llama_worker.models.download.download import Downloader, TransferSettings
from llama_worker.models.store.store import ModelStore


async def main(name: str, root: str, plain: str) -> Path:
    settings = TransferSettings(retries=3, backoff_seconds=0.01, stall_seconds=10.0)
    return await Downloader(ModelStore(root, plain), settings).download(name)


if __name__ == "__main__":
    print(asyncio.run(main(*sys.argv[1:])))
