"""What a fake model says and was asked, wherever it is installed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, Self, TypeVar, get_args

from .engine.asked import Prompts
from .engine.generating import Refused
from .engine.scripted import Cut
from .engine.vectors import score_of, vector_of
from .script.faults import DownloadFails, LoadFails
from .script.replies import Answering, FakeReply, Given, checked
from .script.request import FakeRequest
from .script.script import NoReplyLeft, Rule, Script, Then, Wanted

Kind = Literal["chat", "embedding", "reranker"]
Modality = Literal["image", "audio"]
Vector = Sequence[float]
Result = TypeVar("Result")


class ScriptedModel:
    """What a model answers, and what it was asked; `FakeModel` says what its arguments mean."""

    def __init__(
        self,
        *replies: Given | Answering,
        then: Then = "fail",
        kind: Kind = "chat",
        modalities: Sequence[Modality] = (),
        context_size: int = 8192,
        dimensions: int = 256,
        embed: Callable[[str], Vector | Awaitable[Vector]] | None = None,
        rank: Callable[[str, str], float | Awaitable[float]] | None = None,
        load_seconds: float = 0.0,
        load_fault: LoadFails | None = None,
        size_bytes: int = 1 << 30,
        download_seconds: float = 0.0,
        download_fault: DownloadFails | None = None,
    ) -> None:
        if kind not in get_args(Kind):
            raise ValueError(f'kind={kind!r} is none of "chat", "embedding" and "reranker".')
        self.kind = kind
        self.modalities = tuple(modalities)
        self.context_size = context_size
        self.dimensions = dimensions
        self.load_seconds = load_seconds
        self.load_fault = load_fault
        self.size_bytes = size_bytes
        self.download_seconds = download_seconds
        self.download_fault = download_fault
        self.requests: list[FakeRequest] = []
        """What it was asked for an answer, in its order."""
        self.problems: list[Exception] = []
        """What a test did wrong: requests without a reply, and functions that raised."""
        self.prompts = Prompts()
        self.cut: dict[str, Cut] = {}
        self._script = Script(replies, then)
        self._embed, self._rank = embed, rank

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, asked {len(self.requests)} times, {self._script.left} replies left>"

    def add(self, *replies: Given | Answering) -> Self:
        """More replies, after those that there are."""
        self._script.add(*replies)
        return self

    def when(self, wanted: Wanted, reply: Given | Answering) -> Self:
        """Say `reply` whenever the user's last message contains the text `wanted` (upper case or lower), a compiled
        pattern is found in it, or a function of the `FakeRequest` says so. Rules go before the replies in order, and
        are not used up; the first that fits counts."""
        self._script.add_rule(Rule(wanted, checked(reply)))
        return self

    def check(self) -> None:
        """Raise AssertionError when it was asked without having a reply, a function of the test raised, or a reply was
        not asked for."""
        for problem in self.problems:
            raise AssertionError(f"The fake model could not answer: {problem}") from problem
        if self._script.left:
            raise AssertionError(f"{self._script.left} replies of the fake model were never asked for.")

    async def reply_to(self, request: FakeRequest) -> FakeReply:
        """For the fake engine: the next reply."""
        self.requests.append(request)
        try:
            return await self._script.reply(request)
        except NoReplyLeft as error:
            raise self._refused(error, str(error)) from error
        except Exception as error:
            raise self._refused(error, f"the fake model's reply failed: {type(error).__name__}: {error}") from error

    def _refused(self, error: Exception, message: str) -> Refused:
        self.problems.append(error)
        return Refused(500, {"type": "server_error", "message": message})

    async def vector(self, text: str) -> list[float]:
        """For the fake engine: the vector of a text."""
        if self._embed is None:
            return vector_of(text, self.dimensions)
        return list(await self._given_by(self._embed, text))

    async def score(self, query: str, document: str) -> float:
        """For the fake engine: how well a document answers."""
        return score_of(query, document) if self._rank is None else await self._given_by(self._rank, query, document)

    async def _given_by(self, function: Callable[..., Result | Awaitable[Result]], *arguments: str) -> Result:
        try:
            given = function(*arguments)
            return await given if isinstance(given, Awaitable) else given
        except Exception as error:
            raise self._refused(error, f"the fake model's function failed: {type(error).__name__}: {error}") from error
