"""What replies and messages tell: one Struct each, the same in Python and, in camelCase, on the wire."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from ..options import PromptOptions, SessionOptions

__all__ = [
    "FinishReason",
    "LoadedModel",
    "MemoryEstimate",
    "ModelInfo",
    "SessionInfo",
    "Timings",
    "TokenLogprob",
    "ToolCall",
    "Usage",
]

FinishReason = Literal["stop", "length", "stop_sequence", "abort", "tool_calls"]


class Usage(Struct, frozen=True, rename="camel"):
    """Tokens as the engine counted them; `cached_tokens` of the prompt's were not computed again."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    cached_tokens: int = 0


class Timings(Struct, frozen=True, rename="camel"):
    """Seconds that the engine spent on the prompt and on the answer, and tokens per second of the answer."""

    prompt_seconds: float = 0.0
    completion_seconds: float = 0.0
    tokens_per_second: float = 0.0


class ToolCall(Struct, frozen=True):
    """A function that the model wants called; `arguments` is JSON text."""

    id: str
    name: str
    arguments: str


class TokenLogprob(Struct, frozen=True, rename="camel"):
    """A token, the natural logarithm of its probability before sampling, and the likeliest tokens in its place."""

    id: int
    text: str
    logprob: float
    top: tuple[TokenLogprob, ...] = ()


class ModelInfo(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What is known of a loaded model: `size` in bytes, `parameters` its weights, sizes of contexts, batches and
    vocabulary in tokens, `sequences` the requests that are computed at once. With `kv_unified` these share one context
    of `context_size`, each of which may use all of it; else each has its own. `context_reason`: why it is that large.

    `public_name` is what it is called towards others; no path. `pid` is its engine's process id, None while it is not
    running. `engine` is "ready", "starting", "stopped" (the next request starts it), or "failed": it died too often for
    that, and the model must be loaded again. `last_death` says how it ended last. `reduced` names
    what was given up because it ran out of memory, as "sequences: 4 to 2".
    """

    name: str
    path: str
    size: int
    parameters: int
    context_size: int
    trained_context_size: int
    vocabulary_size: int
    sequences: int
    batch_size: int
    kv_unified: bool = False
    context_reason: str = ""
    public_name: str = ""
    pid: int | None = None
    engine: Literal["stopped", "starting", "ready", "failed"] = "ready"
    last_death: str | None = None
    reduced: tuple[str, ...] = ()


class LoadedModel(Struct, frozen=True, kw_only=True, rename="camel"):
    """A model that is loaded: `model_id` names it in requests."""

    model_id: str
    model_info: ModelInfo


class MemoryEstimate(Struct, frozen=True, rename="camel"):
    """Bytes of main memory, and of the GPU's (`gpu_bytes`, all in one).

    `weights_bytes` are mapped from the file; `repacked_bytes` are copies in the layout that the CPU computes with;
    `kv_cache_bytes` hold what the sequences have read; `compute_bytes` are scratch; `runtime_bytes` are the process
    itself and its vocabulary. `total_bytes` is what the process will show. `required_bytes` is less where weights
    are repacked: the pages of the file that were copied may be dropped at any time. `context_size` is in tokens: with
    `kv_unified` of one cache that all `sequences` share, else for each of them.
    """

    weights_bytes: int
    repacked_bytes: int
    kv_cache_bytes: int
    compute_bytes: int
    runtime_bytes: int
    gpu_bytes: int
    total_bytes: int
    required_bytes: int
    context_size: int
    sequences: int
    kv_unified: bool = False

    @property
    def cells(self) -> int:
        """Tokens that all sequences hold together."""
        return self.context_size if self.kv_unified else self.context_size * self.sequences


class SessionInfo(Struct, frozen=True, kw_only=True, rename="camel"):
    """A conversation in the journal. `session_id` is the session's `id`, `title` how its first question begins, `model`
    the name of its model's file, `messages` how many it has; `created` and `updated` are seconds since 1970.

    `unfinished`: its last turn has not ended: it runs right now, or the program was killed in it. `options` are the
    session's, `prompt_options` and `functions` (their names) those of its last prompt.
    """

    session_id: str
    title: str
    model: str
    messages: int
    created: float
    updated: float
    unfinished: bool
    options: SessionOptions
    prompt_options: PromptOptions
    functions: tuple[str, ...]
