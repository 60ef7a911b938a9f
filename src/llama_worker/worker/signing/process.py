"""The process that verifies a signature, seen from the event loop."""

from __future__ import annotations

import asyncio

from msgspec import MsgspecError, json

from ...ending import to_the_end
from ...engine.process.calling import inherited_environment
from ...engine.process.frozen import SIGNATURE_ARGUMENT, child_command
from ...engine.process.keeper import Attendant, Keeper
from ...engine.process.log_tail import LogTail
from ...models.signing.reading import Question, Refused, Verified

_LONGEST_SECONDS = 120.0


async def ask(question: Question) -> Verified | Refused:
    """What the signature names; being cancelled ends the process. Raises OSError when it cannot be started."""
    loop, gone, told, log = asyncio.get_running_loop(), asyncio.Event(), bytearray(), LogTail()

    def ended() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(gone.set)

    keeper = Keeper(child_command(SIGNATURE_ARGUMENT), inherited_environment())
    keeper.attend(Attendant(told.extend, log.feed, on_end=ended, told=json.encode(question) + b"\n"))
    try:
        await asyncio.wait_for(gone.wait(), _LONGEST_SECONDS)
    except TimeoutError:
        return Refused(f"that took more than {_LONGEST_SECONDS:.0f} seconds")
    finally:
        keeper.kill()
        await to_the_end(_until(gone))
    return _answer(bytes(told), log)


async def _until(gone: asyncio.Event) -> None:
    await gone.wait()


def _answer(told: bytes, log: LogTail) -> Verified | Refused:
    try:
        return json.decode(told, type=Verified | Refused)
    except MsgspecError:
        log.close()
        said = log.last(1)
        return Refused(f"the process that verifies signatures ended{f', having said: {said[0]}' if said else ''}")
