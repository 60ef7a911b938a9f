"""The tools: what each is told to a client, and what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct, ValidationError, convert, to_builtins

from ...errors import InvalidOptionsError, LlamaWorkerError
from ...models.download.reach import reach_of
from ...options import PromptOptions, build_options
from ...worker.structured.schemas import encode, schema_of
from ...worker.worker import LlamaWorker
from .arguments import Answering, Arguments, Chat, Embed, Generate, ListModels, PullModel
from .models import Models
from .progress import Progress

Work = Callable[[Any, Progress], Awaitable["Given"]]


class Given(Struct, frozen=True):
    """What a tool gives: text for models, and where there is more to it a value for programs."""

    text: str
    value: dict[str, Any] | None = None


class Tool(Struct, frozen=True):
    """`arguments` is the type that its arguments are checked against; a tool that only `reads` changes nothing."""

    name: str
    arguments: type[Arguments]
    work: Work
    reads: bool = True

    @property
    def description(self) -> str:
        return " ".join((self.arguments.__doc__ or "").split())

    @property
    def schema(self) -> dict[str, Any]:
        schema = schema_of(self.arguments, self.name)
        return {key: value for key, value in schema.items() if key not in ("title", "description")}

    async def call(self, given: Mapping[str, Any], progress: Progress) -> Given:
        """Raises `LlamaWorkerError`, for arguments too that are none of its."""
        try:
            arguments = convert(given, self.arguments)
        except ValidationError as error:
            raise InvalidOptionsError(f"{self.name}: {error}.") from error
        return await self.work(arguments, progress)


class Toolset:
    """The tools of one server, by name."""

    def __init__(self, worker: LlamaWorker, models: Models, *, downloads: bool) -> None:
        self._worker = worker
        self._models = models
        tools = [
            Tool("generate", Generate, self._generate),
            Tool("chat", Chat, self._chat),
            Tool("embed", Embed, self._embed),
            Tool("list_models", ListModels, self._list),
            *([Tool("pull_model", PullModel, self._pull, reads=False)] if downloads else []),
        ]
        self.tools = {tool.name: tool for tool in tools}

    async def call(self, name: str, given: Mapping[str, Any], progress: Progress) -> Given:
        """Raises `LlamaWorkerError`, for a name that is no tool's too."""
        if name not in self.tools:
            raise LlamaWorkerError(f"There is no tool {name!r}: there are {', '.join(self.tools)}.")
        return await self.tools[name].call(given, progress)

    async def _generate(self, asked: Generate, progress: Progress) -> Given:
        system = [{"role": "system", "content": asked.system}] if asked.system else []
        return await self._answer([*system, {"role": "user", "content": asked.prompt}], asked, progress)

    async def _chat(self, asked: Chat, progress: Progress) -> Given:
        return await self._answer(to_builtins(asked.messages), asked, progress)

    async def _answer(self, messages: list[dict[str, str]], asked: Answering, progress: Progress) -> Given:
        served = await self._models.get(asked.model, progress.tell)
        said = {"max_tokens": asked.max_tokens, "temperature": asked.temperature, "json_schema": asked.schema}
        options = build_options(
            PromptOptions, served.prompt, {name: value for name, value in said.items() if value is not None}
        )
        operation, text = served.model.chat(messages, options), ""
        async for piece in operation:
            text += piece
            await progress.tell(text)
        reply = await operation
        cut = "\n[cut at max_tokens]" if reply.finish_reason == "length" and not asked.schema else ""
        return Given(reply.text + cut, reply.parsed if isinstance(reply.parsed, dict) else None)

    async def _embed(self, asked: Embed, progress: Progress) -> Given:
        served = await self._models.get(asked.model, progress.tell)
        vectors = await served.model.embed(asked.texts)
        value = {"vectors": [[float(number) for number in vector] for vector in vectors]}
        return Given(encode(value), value)

    async def _list(self, asked: ListModels, progress: Progress) -> Given:
        value = {"models": to_builtins(await self._models.list())}
        return Given(encode(value), value)

    async def _pull(self, asked: PullModel, progress: Progress) -> Given:
        download = self._worker.download_within(reach_of(("hub",)), asked.name)
        async for news in download:
            await progress.tell(f"{asked.name}: {news.value:.0%}")
        await download
        return Given(f"{asked.name} is here.")
