"""Documents by how well they answer a query: whether a model can tell, and the operation that asks it."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from typing import Any

from msgspec import Struct

from ...engine.api.endpoints import RequestSender, detokenize, tokenize
from ...engine.api.vectors import Input, rank
from ...engine.engine import Engine
from ...errors import InvalidOptionsError, NotSupportedError, TextTooLongError
from ...messages.events import Progress
from ...messages.rankings import Ranking
from ..conversation import check_text
from ..operations.operation import Operation
from ..runtime import ModelRuntime
from .job import BulkJob
from .length import longest_text
from .texts import check_switch, check_texts

# What a model may want around a query and a document, and between them; more than any does, but for a template's words.
_AROUND = 8


class RerankRequest(Struct, frozen=True, kw_only=True):
    """What is ranked, and how many of the best are wanted."""

    query: str
    documents: tuple[str, ...]
    top_n: int | None = None
    truncate: bool = False


def check_rerank(query: Any, documents: Any, *, top_n: Any = None, truncate: Any = False) -> RerankRequest:
    """The arguments of `rerank`. Raises `InvalidOptionsError` naming the first that is wrong."""
    if isinstance(documents, str):
        raise InvalidOptionsError("documents must be a list of texts.", path="documents")
    if top_n is not None and (type(top_n) is not int or top_n < 1):
        raise InvalidOptionsError("top_n is a whole number from 1 on.", path="top_n")
    if not check_text(query, "query"):
        raise InvalidOptionsError("The query is empty.", path="query")
    texts = check_texts(documents, "documents")
    return RerankRequest(
        query=query,
        documents=tuple(_only_text(text, f"documents[{index}]") for index, text in enumerate(texts)),
        top_n=top_n,
        truncate=check_switch(truncate, "truncate"),
    )


def _only_text(text: Input, path: str) -> str:
    """A text, which is checked already; tokens are refused as what is no text."""
    return text if isinstance(text, str) else check_text(text, path)


def begin_reranking(runtime: ModelRuntime, request: RerankRequest, owner: Hashable) -> Reranking:
    """What was asked for. Raises `NotSupportedError` when the model is no reranker."""
    runtime.ensure_loaded()
    if runtime.settings.pooling != "rank":
        name = runtime.settings.alias
        raise NotSupportedError(f"{name} is no reranker: load one, or compare vectors that embed() gives.", model=name)
    return Reranking(runtime, request, owner)


class Ranked(Struct, frozen=True):
    """Documents, best first, and the tokens that were read for it."""

    results: list[Ranking]
    tokens: int


class Reranking:
    """Scores on their way."""

    def __init__(self, runtime: ModelRuntime, request: RerankRequest, owner: Hashable) -> None:
        plain = runtime.guard.texts.unnamed
        self._owner = owner
        self._query = plain(request.query)
        self._documents = [plain(document) for document in request.documents]
        self._top_n = request.top_n
        template = runtime.loaded_files.header.text("tokenizer.chat_template.rerank") or ""
        longest = longest_text(runtime.settings, runtime.loaded_files.header)
        self._length = PairLength(self._query, longest, len(template.encode()), truncate=request.truncate)
        sizes = [len(document.encode()) + len(self._query.encode()) for document in self._documents]
        self._job = BulkJob(runtime, owner, sizes, self._ask)
        self._tokens = 0

    async def run(self, operation: Operation[Any, Progress]) -> Ranked:
        """The best of all. Raises `TextTooLongError`, and what the engine raises."""
        scores = await self._job.run(operation)
        results = sorted((Ranking(index, score) for index, score in enumerate(scores)), key=lambda one: -one.score)
        return Ranked(results[: self._top_n], self._tokens)

    async def _ask(self, engine: Engine, part: range, *, counted: bool) -> list[float]:
        ask = partial(engine.request, owner=self._owner)
        documents = [await self._length.fitted(engine, self._documents[index], index, count=counted) for index in part]
        answer = await rank(ask, self._query, documents)
        self._tokens += answer.tokens
        return answer.scores


class PairLength:
    """Makes query and document fit into what the model reads at once, as `Fitting` makes texts."""

    def __init__(self, query: str, longest: int, template_bytes: int, *, truncate: bool) -> None:
        self._query = query
        self._longest = longest
        self._around = _AROUND + template_bytes
        self._truncate = truncate
        self._left: int | None = None

    async def fitted(self, engine: RequestSender, document: str, index: int, *, count: bool) -> str:
        """The document, or as much of it as fits."""
        if not count and len(document.encode()) + len(self._query.encode()) + self._around <= self._longest:
            return document
        if self._left is None:
            self._left = self._longest - await self._beside_documents(engine)
        tokens = await tokenize(engine, document)
        if len(tokens) <= self._left:
            return document
        if not self._truncate or self._left < 1:
            raise self._too_long(index, len(tokens))
        return await _beginning(engine, tokens, self._left)

    async def _beside_documents(self, engine: RequestSender) -> int:
        """Tokens of the query, and of what the model wants around both: that of two letters tells them."""
        letters = sum([len(await tokenize(engine, letter)) for letter in "ab"])
        around = (await rank(engine.request, "a", ["b"])).tokens - letters
        return around + len(await tokenize(engine, self._query))

    def _too_long(self, index: int, tokens: int) -> TextTooLongError:
        assert self._left is not None
        together = tokens + self._longest - self._left
        advice = (
            "split it, or say truncate=True to have its beginning ranked" if self._left > 0 else "shorten the query"
        )
        return TextTooLongError(
            f"The query and document {index} have {together} tokens together and the model ranks at most "
            f"{self._longest}: {advice}.",
            index=index,
            tokens=together,
            limit=self._longest,
        )


async def _beginning(engine: RequestSender, tokens: list[int], most: int) -> str:
    """The text of the first tokens, which may be read as a few more than it was made of."""
    kept = most
    while kept > 0:
        text = await detokenize(engine, tokens[:kept])
        more = len(await tokenize(engine, text)) - most
        if more <= 0:
            return text
        kept -= more
    return ""
