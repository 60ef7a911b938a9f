"""The bot in this folder's chat service: `python local_chat.py serve`, and beside it `python run_local.py [MODEL]`."""

from __future__ import annotations

import asyncio
import contextlib
import sys

import local_chat
from bot import Bot
from chat import Limits

from llama_worker import LlamaOptions, LlamaWorker

BACKGROUND = LlamaOptions(politeness="background")  # the machine's own user comes first


async def main(
    model: str = "builtin",
    port: int = local_chat.PORT,
    limits: Limits | None = None,
    options: LlamaOptions = BACKGROUND,
) -> None:
    async with LlamaWorker(options) as worker:
        bot = Bot(worker, limits, owner="owner")
        client = await local_chat.Client.connect("llama", port)
        loading = asyncio.create_task(bot.load(model))
        try:
            async for message in client:
                if message.author.id != client.name:
                    await bot.on_message(message)
        finally:
            loading.cancel()
            await bot.close()
            await client.close()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(sys.argv[1] if sys.argv[1:] else "builtin"))
