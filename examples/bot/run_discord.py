"""The bot on Discord: `DISCORD_TOKEN=... python run_discord.py [MODEL]`.

The bot's user needs the "message content" intent, which Discord's developer portal grants.
"""

from __future__ import annotations

import asyncio
import os
import sys

import discord
from bot import Bot

from llama_worker import LlamaWorker


class Client(discord.Client):
    async def setup_hook(self) -> None:
        self.worker = LlamaWorker(politeness="background")  # the machine's own user comes first
        self.bot = Bot(self.worker, owner=int(os.environ.get("DISCORD_OWNER", "0")) or None)
        self.loading = asyncio.create_task(self.bot.load(sys.argv[1] if sys.argv[1:] else "builtin"))

    async def on_message(self, message: discord.Message) -> None:
        if not message.author.bot:
            await self.bot.on_message(message)

    async def close(self) -> None:
        self.loading.cancel()
        await self.bot.close()
        await self.worker.cleanup()
        await super().close()


if __name__ == "__main__":
    intents = discord.Intents.default()
    intents.message_content = True
    if not os.environ.get("DISCORD_TOKEN"):
        sys.exit("Set DISCORD_TOKEN to the token that Discord's developer portal shows for your bot.")
    Client(intents=intents).run(os.environ["DISCORD_TOKEN"])
