"""Models of `llm`, with async and without."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from typing import Any, cast

import llm
from llm.parts import StreamEvent

from ...worker.reply import Reply
from ..access.answers import Begin
from ..access.model import ModelAccess, ModelLike, WorkerLike
from .events import finish, in_llms_words, of_whole, to_events
from .messages import IMAGES, SOUNDS, to_functions, to_messages
from .options import PromptOptions


class _Asked:
    """What both kinds of models have."""

    attachment_types: set[str] | frozenset[str] = frozenset()
    can_stream = True
    supports_schema = True
    supports_tools = True
    Options: Any = PromptOptions

    def __init__(self, model_id: str, model: ModelLike = "builtin", *, worker: WorkerLike | None = None) -> None:
        self.model_id = model_id
        if model != "builtin":
            self.attachment_types = IMAGES | SOUNDS
        self.access = ModelAccess(model, worker)

    def __str__(self) -> str:
        return f"llama-worker: {self.model_id}"

    def _begin(self, prompt: llm.Prompt) -> Begin:
        messages = to_messages(prompt)
        options = cast(Any, prompt.options).given()
        if prompt.schema:
            options["json_schema"] = prompt.schema
        if functions := to_functions(prompt.tools):
            options["functions"] = functions
        return lambda model: model.chat(messages, **options)


class LlamaWorkerModel(_Asked, llm.Model):
    """`llm.get_model("llama-worker/builtin")`; closing the iterator of a response ends the work in the engine."""

    def execute(self, prompt: llm.Prompt, stream: bool, response: llm.Response, conversation: Any) -> Iterator[Any]:
        with in_llms_words():
            begin = self._begin(prompt)
            if not stream:
                reply = self.access.answer(begin)
                yield from of_whole(reply)
                finish(response, reply)
                return
            for piece in self.access.stream(begin):
                yield from to_events(piece)
                if isinstance(piece, Reply):
                    finish(response, piece)


class AsyncLlamaWorkerModel(_Asked, llm.AsyncModel):
    """`llm.get_async_model("llama-worker/builtin")`; being cancelled ends the work in the engine."""

    async def execute(
        self, prompt: llm.Prompt, stream: bool, response: llm.AsyncResponse, conversation: Any
    ) -> AsyncGenerator[str | StreamEvent, None]:
        with in_llms_words():
            begin = await asyncio.to_thread(self._begin, prompt)  # as it reads attachments
            if not stream:
                reply = await self.access.aanswer(begin)
                for event in of_whole(reply):
                    yield event
                finish(response, reply)
                return
            async for piece in self.access.astream(begin):
                for event in to_events(piece):
                    yield event
                if isinstance(piece, Reply):
                    finish(response, piece)
