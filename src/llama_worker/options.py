"""What callers may choose, one Struct for each thing that is created or asked.

Every field is optional unless said otherwise, keyword-only, snake_case in Python and camelCase in messages.
`build_options` is the only door: it checks types and ranges before anything is started, so the engine process
never sees a value that it would silently accept or die of.
"""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Literal, TypeVar

from msgspec import Meta, Struct, ValidationError, convert, structs, to_builtins

from .errors import InvalidOptionsError

Count = Annotated[int, Meta(ge=1, le=2**31 - 1)]
CountOrZero = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Seed = Annotated[int, Meta(ge=0, le=2**32 - 2)]
Fraction = Annotated[float, Meta(ge=0.0, le=1.0)]
Seconds = Annotated[float, Meta(gt=0.0)]
StopSequence = Annotated[str, Meta(min_length=1)]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel", omit_defaults=True):
    """Base of all option Structs."""


class LlamaOptions(Options, frozen=True, kw_only=True):
    """How this worker runs engines (`LlamaWorker(...)`, `initialize(...)`).

    `engine`: "auto" (default; the environment's `LLAMA_WORKER_ENGINE`, else the bundled xllamacpp), "xllamacpp",
    or the path or command name of a `llama-server` executable.
    `num_threads`: threads for each engine; default: the usable cores less what is busy when a model is loaded.
    `gpu`: False keeps every layer on the CPU, "auto" (default) lets the engine use what it finds.
    `debug`: keep the engine's verbose log in its tail.
    `load_stall_timeout`: seconds without any sign of life while loading before the engine is given up (default 120).
    `response_stall_timeout`: seconds without any sign of life while answering (default 600).
    """

    engine: Annotated[str, Meta(min_length=1)] = "auto"
    num_threads: Count | None = None
    gpu: Literal["auto", False] = "auto"
    debug: bool = False
    load_stall_timeout: Seconds = 120.0
    response_stall_timeout: Seconds = 600.0


class ContextOptions(Options, frozen=True, kw_only=True):
    """How much a model can keep in mind, and for how many at once (`create_context(...)`).

    `context_size`: tokens for each sequence; default: what the model was trained for, at most 4096.
    `sequences`: how many requests are computed at once (default 4); memory grows with it. More wait in a fair queue.
    `batch_size`: tokens of a prompt that are computed at a time; an abort waits for at most one batch. Default: by
    the size of the model, 32 to 512.
    `threads`: computing threads. `seed`: default seed of the samplers. `flash_attention`: default "auto".
    `cache_type`: number type of the key-value cache, default "f16".
    """

    context_size: Count | None = None
    sequences: Annotated[int, Meta(ge=1, le=256)] | None = None
    batch_size: Annotated[int, Meta(ge=1, le=65536)] | None = None
    threads: Annotated[int, Meta(ge=1, le=512)] | None = None
    seed: Seed | None = None
    flash_attention: Literal["auto", True, False] | None = None
    cache_type: Literal["f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0"] | None = None


class ModelOptions(ContextOptions, frozen=True, kw_only=True):
    """How a model is loaded (`load_model(...)`); the context's options may be given here already.

    `gpu_layers`: layers to keep on the GPU; default: as many as fit. `use_mmap` (default True), `use_mlock`
    (default False), `check_tensors` (default False: validate every tensor's numbers while loading).
    `ignore_memory_safety_checks`: load even when the estimate says that the model does not fit.
    """

    gpu_layers: CountOrZero | None = None
    use_mmap: bool = True
    use_mlock: bool = False
    check_tensors: bool = False
    ignore_memory_safety_checks: bool = False


class SessionOptions(Options, frozen=True, kw_only=True):
    """How a chat session begins (`create_session(...)`, `initialize_session(...)`).

    `system_prompt`: first message of the conversation; default none.
    """

    system_prompt: str | None = None


class PromptOptions(Options, frozen=True, kw_only=True):
    """How one answer is generated (`session.prompt`, `model.chat`, `model.complete`).

    `max_tokens`: default 512; 0 reads the prompt and answers nothing. `temperature`: 0 is greedy; `top_p`; `top_k`,
    0 is the whole vocabulary; `min_p`. Where these four are not given the model file's own recommendation is used
    (`general.sampling.*` in its metadata), else 0.8, 0.95, 40 and 0.05.
    `seed`: same seed, same text; default: a new one each time.
    `stop_sequences`: texts that end the answer; they are not part of it and are never streamed.
    `system_prompt`: used when this request creates the session; ignored by an existing one.
    `response_prefix`: text that the answer starts with; it is part of the reply.
    `stop_on_abort`: an abort returns the partial reply with `finish_reason == "abort"` in place of raising.
    """

    max_tokens: CountOrZero = 512
    temperature: Annotated[float, Meta(ge=0.0, le=1000.0)] | None = None
    top_p: Fraction | None = None
    top_k: CountOrZero | None = None
    min_p: Fraction | None = None
    seed: Seed | None = None
    stop_sequences: Annotated[tuple[StopSequence, ...], Meta(max_length=64)] = ()
    system_prompt: str | None = None
    response_prefix: str = ""
    stop_on_abort: bool = False


OptionsType = TypeVar("OptionsType", bound=Options)

_AT_PATH = re.compile(r"(?P<what>.*) - at `\$\.?(?P<path>.*)`$")


def build_options(kind: type[OptionsType], base: OptionsType | None, changes: dict[str, Any]) -> OptionsType:
    """`base` (or the defaults) with `changes` applied, checked.

    Raises `InvalidOptionsError`, naming the field, for an unknown name, a wrong type or a number out of range.
    """
    if base is not None and not isinstance(base, kind):
        raise InvalidOptionsError(f"Expected {kind.__name__}, got {type(base).__name__}.")
    fields = structs.fields(kind)
    known = {field.name: field.encode_name for field in fields}
    for name in changes:
        if name not in known:
            raise InvalidOptionsError(f"Unknown option {name!r} for {kind.__name__}.", path=name)
    values = {known[name]: _plain(name, value) for name, value in changes.items()}
    given = to_builtins(base) if base is not None else {}
    names = {field.encode_name: field.name for field in fields}
    return _convert(given | values, kind, names)


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidOptionsError(f"Option {name!r} must be a finite number, not {value}.", path=name)
    try:
        return to_builtins(value)
    except (TypeError, ValueError) as error:
        message = f"Option {name!r} has an unusable value of type {type(value).__name__}."
        raise InvalidOptionsError(message, path=name) from error


def _convert(values: dict[str, Any], kind: type[OptionsType], names: dict[str, str]) -> OptionsType:
    try:
        return convert(values, kind)
    except ValidationError as error:
        match = _AT_PATH.match(str(error))
        what, path = (match["what"], match["path"]) if match else (str(error), "")
        head, separator, tail = re.sub(r"\[\.\.\.\]", "[]", path).partition("[")
        name = names.get(head, head) + separator + tail
        raise InvalidOptionsError(f"Option {name!r} is invalid: {what[:1].lower()}{what[1:]}.", path=name) from error
