"""The GPUs of an engine, and how its process tells of them."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterable

from msgspec import Struct, structs

from ..process.findings import finding_in

_MIB = 1 << 20
# llama-server --list-devices: "  CUDA0: NVIDIA GeForce RTX 4090 (24217 MiB, 23100 MiB free)".
_LISTED = re.compile(r"^  (?P<name>\S+): (?P<description>.*) \((?P<total>\d+) MiB, (?P<free>\d+) MiB free\)$")


class Device(Struct, frozen=True, kw_only=True):
    """A GPU that the engine can use; `memory_total` and `memory_free` in bytes.

    `integrated`: its memory is the machine's own.
    """

    name: str
    description: str = ""
    memory_total: int = 0
    memory_free: int = 0
    integrated: bool = False


class Devices(Struct, frozen=True, kw_only=True):
    """What an engine has: `gpus` that it can use, and `backends` that it was built with, such as "CUDA", as far as it
    says so, as well as `features` of the processor that it uses, such as "AVX2". `known` is False when it could not
    tell; it may have some then.
    """

    gpus: tuple[Device, ...] = ()
    backends: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    known: bool = True

    @property
    def free_bytes(self) -> tuple[int, ...]:
        """What each GPU has free."""
        return tuple(device.memory_free for device in self.gpus)

    @property
    def share_memory(self) -> bool:
        """Whether what is put there is taken from main memory."""
        return any(device.integrated for device in self.gpus)


NO_DEVICES = Devices()


def usable(devices: Iterable[Device]) -> tuple[Device, ...]:
    """Those that llama.cpp uses by itself: integrated ones only where there is no other, none without memory.

    What accelerates the processor (BLAS) is listed too, and has no memory of its own.
    """
    known = [device for device in devices if device.memory_total]
    return tuple([device for device in known if not device.integrated] or known)


def parse_devices(output: bytes) -> Devices | None:
    """The list in what either engine printed; None when it holds none."""
    for line in output.splitlines():
        if found := finding_in(line, Devices):
            return structs.replace(found, gpus=usable(found.gpus))
    lines = output.decode(errors="replace").splitlines()
    if "Available devices:" not in lines:
        return None
    return Devices(gpus=usable(_device(match) for line in lines if (match := _LISTED.match(line))))


def _device(match: re.Match[str]) -> Device:
    return Device(
        name=match["name"],
        description=match["description"],
        memory_total=int(match["total"]) * _MIB,
        memory_free=int(match["free"]) * _MIB,
        integrated=shares_memory(),
    )


def shares_memory() -> bool:
    """Whether every GPU of this machine uses the machine's own memory: Apple's own processors."""
    return sys.platform == "darwin" and platform.machine() == "arm64"
