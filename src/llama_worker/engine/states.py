"""The lines an engine prints about its own state (llama.cpp's router protocol), parsed."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import DecodeError, Struct, ValidationError, field, json

_PREFIX = b"cmd_child_to_router:state:"


class LoadProgress(Struct, frozen=True):
    """How far loading is: `value` from 0 to 1 over all stages, `stage` names the part ("text_model", "mmproj"...)."""

    value: float
    stage: str = ""


class Rising:
    """Passes on progress that goes beyond what was told: a load that is begun again starts from 0."""

    def __init__(self, tell: Callable[[LoadProgress], None]) -> None:
        self._tell = tell
        self._value = 0.0

    def report(self, progress: LoadProgress) -> None:
        if progress.value > self._value:
            self._value = progress.value
            self._tell(progress)


class ModelMetadata(Struct, frozen=True):
    """What the engine says of the loaded model; sizes in bytes, lengths in tokens.

    `n_ctx` is the context of one sequence, `n_ctx_train` what the model was trained for.
    """

    n_params: int = 0
    n_ctx: int = 0
    n_ctx_train: int = 0
    n_vocab: int = 0
    n_embd: int = 0
    size: int = 0
    ftype: str = ""


class Ready(Struct, frozen=True):
    """The model is loaded and the engine answers requests."""

    metadata: ModelMetadata


class _Payload(Struct):
    stages: list[str] = field(default_factory=list)
    current: str = ""
    value: float = 0.0
    meta: ModelMetadata | None = None


class _State(Struct):
    state: str
    payload: _Payload | None = None


def parse_state_line(line: bytes) -> LoadProgress | Ready | None:
    """The state in `line`, or None when it is something else (a log line, a state nobody needs, garbage)."""
    if not line.startswith(_PREFIX):
        return None
    try:
        state = json.decode(line[len(_PREFIX) :], type=_State)
    except (DecodeError, ValidationError):
        return None
    payload = state.payload or _Payload()
    if state.state == "loading":
        return LoadProgress(_overall(payload), payload.current)
    if state.state == "ready":
        return Ready(payload.meta or ModelMetadata())
    return None


def _overall(payload: _Payload) -> float:
    """Each stage counts the same."""
    within = min(max(payload.value, 0.0), 1.0)
    if payload.current not in payload.stages:
        return within
    return (payload.stages.index(payload.current) + within) / len(payload.stages)
