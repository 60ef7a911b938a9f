"""The `options` of Ollama's requests: what they mean here, and which of them nothing here does."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import fields as fields_of

from ...errors.nearest import did_you_mean
from ...options.base import CountOrZero
from ..bodies import checked
from ..dialects.fields import Object, Sampling, Stop, to_engine
from ..problems import Problem


class Predicting(Sampling, omit_defaults=True, kw_only=True):
    """Options of one answer, the engine's own among them. `num_predict` below 0 is no limit."""

    num_predict: Annotated[int, Meta(ge=-2, le=2**31 - 1)] | None = None
    stop: Stop | None = None


class Loading(Struct, omit_defaults=True, kw_only=True):
    """Options of how a model is loaded; 0, and -1 layers on a GPU, leave it to the server."""

    num_ctx: CountOrZero = 0
    num_batch: Annotated[int, Meta(ge=0, le=65536)] = 0
    num_gpu: Annotated[int, Meta(ge=-1, le=2**31 - 1)] = -1
    num_thread: Annotated[int, Meta(ge=0, le=512)] = 0

    def model_options(self) -> Object:
        """The same by the names of `ModelOptions`."""
        said = {"context_size": self.num_ctx, "batch_size": self.num_batch, "threads": self.num_thread}
        options: Object = {name: value for name, value in said.items() if value}
        return options if self.num_gpu < 0 else options | {"gpu_layers": self.num_gpu}


OPTION_NAMES = {
    "context_size": "num_ctx",
    "batch_size": "num_batch",
    "threads": "num_thread",
    "gpu_layers": "num_gpu",
}
"""Ollama's names of the options of loading, by ours."""

NOT_DONE = frozenset(
    {"num_keep", "main_gpu", "use_mmap", "use_mlock", "low_vram", "f16_kv", "numa", "logits_all", "vocab_only"}
    | {"embedding_only", "draft_num_predict", "tfs_z", "penalize_newline", "new_topic_penalty"}
)
"""Options that clients send and nothing here does: the answer's header names them."""


class RequestOptions(Struct, frozen=True):
    """All options of a request: those of the answer as `engine_fields`; `not_done` are the fields that nothing here
    does."""

    engine_fields: Object
    loading: Loading
    not_done: tuple[str, ...] = ()


def read_options(options: Object | None) -> RequestOptions:
    """Check them. Raises `Problem` for one that is wrong and for a name that is none, `InvalidOptionsError` for what
    would keep the engine busy."""
    given = {name: value for name, value in (options or {}).items() if value is not None}
    for name in given.keys() - _KNOWN:
        message = f"There is no option {name!r}{did_you_mean(name, sorted(_KNOWN))}."
        raise Problem(400, message, code="invalid_options", param=f"options.{name}")
    not_done = tuple(f"options.{name}" for name in sorted(given.keys() & NOT_DONE))
    loading = checked(_share(given, Loading), Loading)
    return RequestOptions(_engine_fields(_share(given, Predicting)), loading, not_done)


def _engine_fields(said: Object) -> Object:
    fields = to_engine(checked(said, Predicting), said)
    most = fields.pop("num_predict", -1)
    return fields if most < 0 else fields | {"max_tokens": most}


def _names(kind: type[Struct]) -> frozenset[str]:
    return frozenset(field.name for field in fields_of(kind))


def _share(given: Object, kind: type[Struct]) -> Object:
    return {name: given[name] for name in _names(kind) & given.keys()}


_KNOWN = _names(Predicting) | _names(Loading) | NOT_DONE
