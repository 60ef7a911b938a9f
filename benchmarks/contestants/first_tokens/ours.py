"""`python ours.py MODEL`"""

from __future__ import annotations

import asyncio
import sys

from llama_worker import LlamaWorker


async def main() -> None:
    async with LlamaWorker() as worker:
        model = await worker.load_model(sys.argv[1], context_size=1024, sequences=1)
        async for text in model.complete("Hello!", max_tokens=8, temperature=0):
            print(text, end="", flush=True)


asyncio.run(main())
