"""For which Python on which system wheels are collected."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import cast

from msgspec import Struct
from packaging.markers import default_environment

from ...errors import InvalidOptionsError

# By the beginning of a platform's tag: what markers call that system.
_SYSTEMS = {
    "win": {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows"},
    "macosx": {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin"},
    "manylinux": {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"},
    "musllinux": {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"},
    "linux": {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"},
}
_VERSION = re.compile(r"3\.\d+")
_GLIBC = re.compile(r"manylinux_2_(?P<minor>\d+)_(?P<machine>\w+)")
_ENDINGS = ("x86_64", "aarch64", "arm64")
_MACHINES = {"win_amd64": "AMD64", "win_arm64": "ARM64"}


class Target(Struct, frozen=True):
    """`python` as "3.12", default this one; `platforms` as pip's tags, default none, which means this system."""

    python: str = f"{sys.version_info.major}.{sys.version_info.minor}"
    platforms: tuple[str, ...] = ()

    @property
    def is_here(self) -> bool:
        """Whether it is this very Python on this system."""
        return self == Target()

    def pip_options(self) -> list[str]:
        """What pip is told to download for it."""
        tags = [option for platform in self.platforms for tag in _tags(platform) for option in ("--platform", tag)]
        return [] if self.is_here else ["--python-version", self.python, "--implementation", "cp", *tags]

    def markers(self) -> dict[str, str]:
        """What the conditions of requirements are judged by."""
        here = cast(dict[str, str], default_environment())
        if self.is_here:
            return here
        python = {"python_version": self.python, "python_full_version": f"{self.python}.0"}
        return here | python | (_system(self.platforms[0]) if self.platforms else {})


def target_of(python: str | None, platforms: Sequence[str]) -> Target:
    """Raises `InvalidOptionsError` for a platform that is no tag of pip's, and for a version that is none."""
    for platform in platforms:
        _system(platform)
    if python is not None and not _VERSION.fullmatch(python):
        raise InvalidOptionsError(f"{python!r} is no version of Python such as 3.12.", path="python")
    return Target(python or Target().python, tuple(platforms))


def _tags(platform: str) -> list[str]:
    """What runs there too: older versions of glibc, which pip takes for other systems."""
    found = _GLIBC.fullmatch(platform)
    if found is None:
        return [platform]
    older = [f"manylinux_2_{minor}_{found['machine']}" for minor in range(int(found["minor"]), 16, -1)]
    return [*older, f"manylinux2014_{found['machine']}"]


def _system(platform: str) -> dict[str, str]:
    for prefix, system in _SYSTEMS.items():
        if platform.startswith(f"{prefix}_"):
            machine = _MACHINES.get(platform) or next((m for m in _ENDINGS if platform.endswith(m)), "x86_64")
            return system | {"platform_machine": machine}
    message = f"{platform!r} is no platform such as manylinux_2_28_x86_64, win_amd64 or macosx_13_0_arm64."
    raise InvalidOptionsError(message, path="platform")
