"""Which program runs the engine, with which arguments and environment. Nothing outside this file can tell."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from msgspec import Struct, json

from ..errors import EngineNotFoundError
from .flags.command_line import server_environment, server_flags
from .process.calling import (
    DEVICES,
    EXEC,
    FOLLOWING_VARIABLE,
    engine_environment,
    inherited_environment,
)
from .process.endpoint import Endpoint
from .process.frozen import bundled_command, child_command
from .process.instructions import SANDBOX_VARIABLE, Instructions
from .sandbox.policy import UNRESTRICTED, policy_for
from .settings import EngineSettings

ENGINE_VARIABLE = "LLAMA_WORKER_ENGINE"


class EngineKind(Protocol):
    """A way to run llama.cpp's server."""

    @property
    def name(self) -> str: ...

    @property
    def bundled(self) -> bool:
        """Whether it is told parameters, and not a command line."""

    def version(self) -> str:
        """Tells one build of it from another. Raises OSError."""

    def arguments(self, settings: EngineSettings, endpoint: Endpoint) -> list[str]:
        """The command line; it never holds a secret."""

    def environment(self, settings: EngineSettings, endpoint: Endpoint) -> dict[str, str]:
        """What is added to the environment of the engine process."""

    def told(self, settings: EngineSettings, endpoint: Endpoint) -> bytes:
        """What is written to its standard input."""

    def listing_arguments(self) -> list[str]:
        """The command line of a process that prints which GPUs there are, and ends."""


@cache
def _installed_version() -> str:
    """Of the folder beside the package that tells what is installed."""
    package = find_spec("xllamacpp")
    beside = Path(package.origin).parents[1] if package and package.origin else Path()
    for folder in beside.glob("xllamacpp-*.dist-info"):
        return folder.stem.removeprefix("xllamacpp-")
    from importlib.metadata import version  # takes 12 ms, with all of `email`

    return version("xllamacpp")


class Xllamacpp(Struct, frozen=True):
    """The bundled engine, in a Python child process."""

    name: str = "xllamacpp"
    bundled: bool = True

    def version(self) -> str:
        return _installed_version()

    def arguments(self, settings: EngineSettings, endpoint: Endpoint) -> list[str]:
        return bundled_command(follow=settings.prepared_to_follow)

    def environment(self, settings: EngineSettings, endpoint: Endpoint) -> dict[str, str]:
        return {}

    def told(self, settings: EngineSettings, endpoint: Endpoint) -> bytes:
        return json.encode(Instructions(settings, endpoint, policy_for(settings, endpoint))) + b"\n"

    def listing_arguments(self) -> list[str]:
        return [*child_command(), DEVICES]


class LlamaServer(Struct, frozen=True):
    """Any `llama-server` executable."""

    executable: str
    name: str = "llama-server"
    bundled: bool = False

    def version(self) -> str:
        status = os.stat(self.executable)  # noqa: PTH116 - a command name is not a path
        return f"{status.st_size} bytes of {status.st_mtime_ns}"

    def arguments(self, settings: EngineSettings, endpoint: Endpoint) -> list[str]:
        return [*self._program(), *_flags(settings.fixed, endpoint)]

    def environment(self, settings: EngineSettings, endpoint: Endpoint) -> dict[str, str]:
        key = {"LLAMA_API_KEY": endpoint.api_key} if endpoint.api_key else {}
        following = (
            {FOLLOWING_VARIABLE: json.encode(_flags(settings, endpoint)).decode()} if settings.may_follow else {}
        )
        sandbox = {SANDBOX_VARIABLE: json.encode(policy_for(settings, endpoint)).decode()}
        return server_environment(settings) | key | following | sandbox

    def told(self, settings: EngineSettings, endpoint: Endpoint) -> bytes:
        return b""

    def listing_arguments(self) -> list[str]:
        return [*self._program(), "--list-devices"]

    def _program(self) -> list[str]:
        return [*child_command(), EXEC, self.executable] if sys.platform != "win32" else [self.executable]


def _flags(settings: EngineSettings, endpoint: Endpoint) -> list[str]:
    return [*server_flags(settings, endpoint), *settings.engine_arguments]


def choose_engine(choice: str = "auto", environment: Mapping[str, str] = os.environ) -> EngineKind:
    """The engine for `choice`: "auto" (the environment's choice, else xllamacpp), "xllamacpp", or an executable.

    Raises `EngineNotFoundError` when it is not installed, naming where the choice came from.
    """
    source = "the engine option"
    if choice == "auto":
        choice, source = environment.get(ENGINE_VARIABLE) or "auto", ENGINE_VARIABLE
    if choice in ("auto", "xllamacpp"):
        return _bundled_engine()
    import shutil  # takes 2 ms, which the bundled engine has no use for

    executable = shutil.which(os.path.expanduser(choice))  # noqa: PTH111 - a command name is not a path
    if executable is None:
        raise EngineNotFoundError(f"No executable {choice!r} (from {source}): give the path of a llama-server.")
    return LlamaServer(executable)


def _bundled_engine() -> EngineKind:
    if find_spec("xllamacpp") is None:
        raise EngineNotFoundError(
            f"xllamacpp is not installed: `pip install xllamacpp`, or set {ENGINE_VARIABLE} to a llama-server."
        )
    return Xllamacpp()


def process_environment(kind: EngineKind, settings: EngineSettings, endpoint: Endpoint) -> dict[str, str]:
    """The whole environment of the engine process."""
    return engine_environment() | kind.environment(settings, endpoint)


def listing_environment() -> dict[str, str]:
    """The whole environment of a process that lists GPUs. It reads no model and is kept from nothing."""
    return inherited_environment() | {SANDBOX_VARIABLE: json.encode(UNRESTRICTED).decode()}
