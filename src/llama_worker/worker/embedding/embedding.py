"""Embeddings of one model: whether it makes them, of which kind, and the operation that does."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from typing import Any

from ...engine.api.vectors import UNCHANGED, Embedded, Input, embed
from ...engine.engine import Engine
from ...engine.settings import EngineSettings
from ...errors import InvalidOptionsError, NotSupportedError
from ...messages.events import Progress
from ...models.gguf.header import GgufHeader
from ..facts import check_tokens
from ..operations.operation import Operation
from ..runtime import ModelRuntime
from .forms import shortened
from .job import BulkJob
from .length import Fitting, longest_text
from .texts import EmbedRequest

_POOLINGS = {1: "mean", 2: "cls", 3: "last"}
"""llama.cpp's numbers of the kinds of pooling that give one vector."""


def begin_embedding(runtime: ModelRuntime, request: EmbedRequest, owner: Hashable) -> Embedding:
    """What was asked for, checked against the model. Raises `NotSupportedError` when it makes no embeddings, and
    `InvalidOptionsError` for another pooling than its own, too many dimensions, or a token that it does not have."""
    runtime.ensure_loaded()
    settings, header = runtime.settings, runtime.loaded_files.header
    pooling = pooling_of(settings, header)
    if request.pooling not in (None, pooling):
        raise InvalidOptionsError(
            f"The model was loaded with {pooling} pooling, and an engine cannot change that: load it with "
            f"pooling={request.pooling!r}.",
            path="pooling",
        )
    if request.dimensions is not None and request.dimensions > (most := vector_size(header)):
        raise InvalidOptionsError(f"The model's vectors have {most} dimensions.", path="dimensions")
    for text in request.texts:
        if not isinstance(text, str):
            check_tokens(runtime.loaded_files, text)
    return Embedding(runtime, request, owner)


def pooling_of(settings: EngineSettings, header: GgufHeader) -> str:
    """How the model makes one vector of the tokens of a text. Raises `NotSupportedError` when it makes none."""
    if settings.pooling == "rank":
        message = f"{settings.alias} is a reranker, which gives scores and no embeddings: use rerank()."
        raise NotSupportedError(message, model=settings.alias)
    if settings.pooling is None:
        message = f'{settings.alias} was loaded without embeddings: load it with pooling="last", or "mean".'
        raise NotSupportedError(message, model=settings.alias)
    own = _POOLINGS.get(header.integer("pooling_type"), "unknown")
    return own if settings.pooling == "model" else settings.pooling


def vector_size(header: GgufHeader) -> int:
    """Numbers of one vector."""
    return header.integer("embedding_length_out") or header.embedding_length


class Embedding:
    """Vectors on their way."""

    def __init__(self, runtime: ModelRuntime, request: EmbedRequest, owner: Hashable) -> None:
        guard, settings = runtime.guard, runtime.settings
        self._request = request
        self._owner = owner
        self._texts: tuple[Input, ...] = tuple(
            guard.texts.unnamed(text) if isinstance(text, str) else text for text in request.texts
        )
        self._fitting = Fitting(longest_text(settings, runtime.loaded_files.header), truncate=request.truncate)
        self._job = BulkJob(runtime, owner, [_size(text) for text in self._texts], self._ask)
        self._tokens = 0

    async def run(self, operation: Operation[Any, Progress]) -> Embedded:
        """All of them. Raises `TextTooLongError`, and what the engine raises."""
        vectors = await self._job.run(operation)
        return Embedded(vectors, self._tokens)

    async def _ask(self, engine: Engine, part: range, *, counted: bool) -> list[bytes]:
        texts = self._texts[part.start : part.stop]
        fitted = await self._fitting.fitted(engine, texts, part.start, count_all=counted)
        answer = await embed(partial(engine.request, owner=self._owner), fitted, self._request.norm)
        self._tokens += answer.tokens
        return [self._shortened(vector) for vector in answer.vectors]

    def _shortened(self, vector: bytes) -> bytes:
        if self._request.dimensions is None:
            return vector
        return shortened(vector, self._request.dimensions, normalize=self._request.norm != UNCHANGED)


def _size(text: Input) -> int:
    return len(text.encode()) if isinstance(text, str) else 4 * len(text)
