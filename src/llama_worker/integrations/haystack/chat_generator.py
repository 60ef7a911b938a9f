"""Haystack's chat generator."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from haystack import component, default_from_dict, default_to_dict
from haystack.dataclasses import ChatMessage, ComponentInfo, StreamingCallbackT, select_streaming_callback
from haystack.tools import (
    ToolsType,
    deserialize_tools_or_toolset_inplace,
    flatten_tools_or_toolsets,
    serialize_tools_or_toolset,
)
from haystack.utils import deserialize_callable, serialize_callable

from ...worker.model import Model
from ...worker.reply import Reply
from ..access.answers import Begin, Patience
from ..access.model import ModelAccess, ModelLike, WorkerLike
from ..access.options import check_prompt_options
from .replies import Chunks, to_message
from .requests import schema_of, to_options
from .serializing import model_in_a_file


@component
class LlamaWorkerChatGenerator:
    """Answers chats in this program's own engine.

    `model` is "builtin", a path, a name such as "hf:org/repo:Q4_K_M", or a model that is loaded; `worker` loads it
    (default: one that all integrations share), with `model_options`, the options of `load_model`. `generation_kwargs`
    are the options of a prompt, and `response_format` (a pydantic model or a JSON schema), `stop`, `tool_choice` and
    `parallel_tool_calls`. `timeout` in seconds is for a whole answer; `max_retries`: how often one is asked for again
    whose engine died before anything of it was told.
    """

    def __init__(
        self,
        model: ModelLike = "builtin",
        *,
        worker: WorkerLike | None = None,
        model_options: dict[str, Any] | None = None,
        streaming_callback: StreamingCallbackT | None = None,
        generation_kwargs: dict[str, Any] | None = None,
        timeout: float | None = None,
        max_retries: int = 0,
        tools: ToolsType | None = None,
    ) -> None:
        self.model, self.worker, self.model_options = model, worker, model_options
        self.streaming_callback = streaming_callback
        self.generation_kwargs = generation_kwargs or {}
        self.timeout, self.max_retries, self.tools = timeout, max_retries, tools
        self._access = ModelAccess(model, worker, model_options)
        check_prompt_options(to_options(self.generation_kwargs, []))

    def warm_up(self) -> None:
        """Load the model, before it is asked."""
        self._access.ask(_nothing)

    async def warm_up_async(self) -> None:
        await self._access.aask(_nothing)

    def to_dict(self) -> dict[str, Any]:
        """For a pipeline's file. Raises ValueError where the model was given loaded, or with a worker."""
        generation = dict(self.generation_kwargs)
        if (form := generation.get("response_format")) is not None:
            generation["response_format"] = schema_of(form)
        return default_to_dict(
            self,
            model=model_in_a_file(self.model, self.worker),
            model_options=self.model_options,
            streaming_callback=serialize_callable(self.streaming_callback) if self.streaming_callback else None,
            generation_kwargs=generation,
            timeout=self.timeout,
            max_retries=self.max_retries,
            tools=serialize_tools_or_toolset(self.tools),
        )

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> LlamaWorkerChatGenerator:
        deserialize_tools_or_toolset_inplace(data["init_parameters"], key="tools")
        if callback := data["init_parameters"].get("streaming_callback"):
            data["init_parameters"]["streaming_callback"] = deserialize_callable(callback)
        made: LlamaWorkerChatGenerator = default_from_dict(cls, data)
        return made

    @component.output_types(replies=list[ChatMessage])
    def run(
        self,
        messages: list[ChatMessage] | str,
        streaming_callback: StreamingCallbackT | None = None,
        generation_kwargs: dict[str, Any] | None = None,
        *,
        tools: ToolsType | None = None,
    ) -> dict[str, list[ChatMessage]]:
        """`replies` has the answer. What is given here goes before what the component was given."""
        callback = select_streaming_callback(self.streaming_callback, streaming_callback, requires_async=False)
        begin = self._begin(messages, generation_kwargs, tools)
        if callback is None:
            return {"replies": [to_message(self._access.answer(begin, self._patience), self._access.name)]}
        chunks, whole = self._chunks(), None
        for piece in self._access.stream(begin, self._patience):
            callback(chunks.chunk(piece))
            whole = piece
        assert isinstance(whole, Reply)
        return {"replies": [to_message(whole, self._access.name)]}

    @component.output_types(replies=list[ChatMessage])
    async def run_async(
        self,
        messages: list[ChatMessage] | str,
        streaming_callback: StreamingCallbackT | None = None,
        generation_kwargs: dict[str, Any] | None = None,
        *,
        tools: ToolsType | None = None,
    ) -> dict[str, list[ChatMessage]]:
        """As `run`, without keeping the event loop waiting; being cancelled ends the work in the engine."""
        callback = select_streaming_callback(self.streaming_callback, streaming_callback, requires_async=True)
        begin = self._begin(messages, generation_kwargs, tools)
        if callback is None:
            return {"replies": [to_message(await self._access.aanswer(begin, self._patience), self._access.name)]}
        chunks, whole = self._chunks(), None
        async for piece in self._access.astream(begin, self._patience):
            told = callback(chunks.chunk(piece))
            if inspect.isawaitable(told):
                await told
            whole = piece
        assert isinstance(whole, Reply)
        return {"replies": [to_message(whole, self._access.name)]}

    @property
    def _patience(self) -> Patience:
        return Patience(self.timeout, self.max_retries)

    def _chunks(self) -> Chunks:
        return Chunks(self._access.name, ComponentInfo.from_component(self))

    def _begin(
        self, messages: list[ChatMessage] | str, generation: Mapping[str, Any] | None, tools: ToolsType | None
    ) -> Begin:
        asked = [ChatMessage.from_user(messages)] if isinstance(messages, str) else messages
        told = [message.to_openai_dict_format() for message in asked]
        offered = flatten_tools_or_toolsets(self.tools if tools is None else tools)
        options = to_options({**self.generation_kwargs, **(generation or {})}, offered)
        return lambda model: model.chat(told, **options)


async def _nothing(model: Model) -> None:
    """The model is there when this is asked."""
