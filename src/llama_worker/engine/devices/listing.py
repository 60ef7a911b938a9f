"""Asks an engine for its GPUs: in a process of its own, as a driver may crash or hang."""

from __future__ import annotations

import asyncio
import contextlib
import sys

from ...ending import to_the_end
from ...loggers import ENGINE
from ..command import EngineKind, listing_environment
from ..process.keeper import Attendant, Keeper
from ..sandbox.devices import has_gpu
from .device import NO_DEVICES, Devices, parse_devices

# A driver that has just been installed compiles for a while; whoever is silent for longer hangs.
_PATIENCE = 30.0
_LONGEST_OUTPUT = 1 << 16


_asked: dict[tuple[str, str], Devices] = {}


async def list_devices(kind: EngineKind) -> Devices:
    """The GPUs that `kind` can use.

    That there is none is asked once for each engine; where there is one it is asked each time, as what it has free
    changes. On Linux nobody is asked where the system has no such device. Cancelling this ends the process.
    """
    if sys.platform == "linux" and not has_gpu():
        return NO_DEVICES
    try:
        key = (kind.name, kind.version())
    except OSError:
        return Devices(known=False)
    if key in _asked:
        return _asked[key]
    found = await _ask(kind)
    if not found.gpus:
        _asked[key] = found
    return found


async def built_for(kind: EngineKind) -> tuple[str, ...]:
    """The features of the processor that a build uses, in llama.cpp's words; none when it does not tell, as a
    llama-server. Cancelling this ends its process."""
    return (await _ask(kind)).features if kind.bundled else ()


async def _ask(kind: EngineKind) -> Devices:
    try:
        found = parse_devices(await _output(kind))
    except (OSError, TimeoutError) as error:
        ENGINE.warning("the engine %s did not say which GPUs it has: %s", kind.name, str(error) or "no answer")
        return Devices(known=False)
    if found is None:
        ENGINE.warning("the engine %s did not say which GPUs it has: its process ended without a list", kind.name)
        return Devices(known=False)
    for device in found.gpus:
        ENGINE.info("GPU %s: %s, %d MiB free", device.name, device.description, device.memory_free >> 20)
    return found


async def _output(kind: EngineKind) -> bytes:
    """What its process prints until it ends. Raises TimeoutError, and OSError when it cannot be started."""
    loop, ended, output = asyncio.get_running_loop(), asyncio.Event(), bytearray()

    def take(data: bytes) -> None:
        output.extend(data[: _LONGEST_OUTPUT - len(output)])

    def on_end() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(ended.set)

    keeper = Keeper(kind.listing_arguments(), listing_environment())
    keeper.attend(Attendant(take, on_log=lambda _: None, on_end=on_end))
    try:
        async with asyncio.timeout(_PATIENCE):
            await ended.wait()
    finally:
        keeper.kill()
        await to_the_end(ended.wait())
    return bytes(output)
