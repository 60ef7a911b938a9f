"""What can go wrong with an engine, on demand."""

from __future__ import annotations

from msgspec import Struct


class Fault(Struct, frozen=True, kw_only=True, tag_field="type"):
    """In a file each has a `type`, such as "dies". `after`: how many pieces of the answer come first (default 0)."""

    after: int = 0


class EngineDies(Fault, frozen=True, tag="dies"):
    """The engine's process ends: by `signal` (default "SIGSEGV"), or with `exit_code` where one is given. `log` is what
    it writes before. Whoever is served gets `EngineDiedError`."""

    signal: str = "SIGSEGV"
    exit_code: int | None = None
    log: tuple[str, ...] = ()


class EngineHangs(Fault, frozen=True, tag="hangs"):
    """Nothing comes any more, and the engine stays. `response_stall_timeout` decides when it is given up; an abort ends
    the request at once."""


class EngineRefuses(Fault, frozen=True, tag="refuses"):
    """The engine answers with an error of its own: `EngineRequestError` with this `status` (default 500)."""

    message: str = "the fake engine refuses"
    status: int = 500
    kind: str = "server_error"


class ContextOverflows(Fault, frozen=True, tag="overflows"):
    """The engine finds the prompt too long, whatever it is: `ContextOverflowError`. `prompt_tokens` and `context_size`
    are what it says; default: the context's size and one token more."""

    prompt_tokens: int | None = None
    context_size: int | None = None


class MalformedCall(Fault, frozen=True, tag="malformed_call"):
    """The model begins a call of the function `name` and writes what is no JSON: `MalformedOutputError`."""

    name: str = "function"
    arguments: str = '{"city": '


class DownloadFails(Struct, frozen=True, kw_only=True):
    """A download of the model breaks off in its middle: `DownloadError` with this `reason`."""

    message: str = "the connection broke"
    reason: str = "network"


class LoadFails(Struct, frozen=True, kw_only=True):
    """The engine refuses the model while it loads: `ModelLoadError`; with `dies`, a signal's name, it dies of it:
    `EngineDiedError`. `out_of_memory`: it says that memory was the reason."""

    message: str = "failed to load the model"
    dies: str | None = None
    out_of_memory: bool = False
