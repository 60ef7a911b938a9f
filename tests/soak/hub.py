"""A hub in a process of its own: `python -m tests.soak.hub` tells its address and reads its faults, each a line."""

from __future__ import annotations

import asyncio
import random
import sys

import msgspec

from tests.models.download.hub_server import Faults, running_hub
from tests.models.raw_gguf import noise

REPOSITORY = "org/soak-GGUF"
FILES = 8
_SIZE = 400_000


async def serve() -> None:
    async with running_hub() as hub:
        for number in range(FILES):
            hub.add(REPOSITORY, f"model-{number}.gguf", noise(_SIZE, number))
        print(hub.url, flush=True)
        while line := await asyncio.to_thread(sys.stdin.buffer.readline):
            hub.faults = msgspec.json.decode(line, type=Faults)
            hub.requests.clear()
            hub.hub_authorizations.clear()


class Hub:
    """That process, and what is wrong with it."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self.url = ""

    async def start(self) -> None:
        pipe = asyncio.subprocess.PIPE
        arguments = (sys.executable, "-m", "tests.soak.hub")
        self._process = await asyncio.create_subprocess_exec(
            *arguments, stdin=pipe, stdout=pipe, start_new_session=True
        )
        assert self._process.stdout
        self.url = (await self._process.stdout.readline()).decode().strip()

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def misbehave(self, chance: random.Random) -> str:
        """Have it do something wrong from now on; tells what."""
        assert self._process
        assert self._process.stdin
        name = chance.choice(list(FAULTS))
        self._process.stdin.write(msgspec.json.encode(FAULTS[name](chance)) + b"\n")
        return f"hub: {name}"

    async def close(self) -> None:
        if self._process and self._process.stdin:
            self._process.stdin.close()
            await self._process.wait()


FAULTS = {
    "nothing": lambda chance: Faults(),
    "refusals": lambda chance: Faults(statuses=[500, 503]),
    "refusals of the hub": lambda chance: Faults(hub_statuses=[500, 404]),
    "connections cut": lambda chance: Faults(cut_after=[chance.randrange(_SIZE) for _ in range(6)]),
    "a wrong byte": lambda chance: Faults(wrong_byte_at=chance.randrange(_SIZE)),
    "slowness": lambda chance: Faults(bytes_per_second=2_000_000),
    "no ranges": lambda chance: Faults(ignore_range=True),
    "no validators": lambda chance: Faults(no_validator=True),
    "another size": lambda chance: Faults(promised_size=_SIZE + 1000),
    "no access": lambda chance: Faults(token="never"),
}


if __name__ == "__main__":
    asyncio.run(serve())
