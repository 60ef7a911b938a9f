"""pydantic-ai's model."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.profiles import ModelProfile, ModelProfileSpec
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from ..access.answers import Begin
from ..access.model import ModelAccess, ModelLike, WorkerLike
from .failures import in_pydantic_ais_words
from .messages import to_messages
from .responses import PROVIDER, LlamaWorkerStreamedResponse, to_response
from .settings import UNSUPPORTED, to_options, to_patience

_PROFILE = ModelProfile(
    supports_tools=True,
    supports_json_schema_output=True,
    supports_thinking=True,
    default_structured_output_mode="native",
    supports_inline_system_prompts=False,
)


class LlamaWorkerModel(Model[Any]):
    """A model that runs in this program's own engine, for `Agent(LlamaWorkerModel("builtin"))`.

    `model` is "builtin", a path, a name such as "hf:org/repo:Q4_K_M", or a model that is loaded; `worker` loads it
    (default: one that all integrations share), with `model_options`, the options of `load_model`. Typed output is held
    to its schema by a grammar ("native" output) unless the agent says otherwise. In `settings`, `llama_worker_options`
    takes every option of a prompt.
    """

    unsupported_settings = UNSUPPORTED

    def __init__(
        self,
        model: ModelLike = "builtin",
        *,
        worker: WorkerLike | None = None,
        model_options: Mapping[str, Any] | None = None,
        profile: ModelProfileSpec | None = None,
        settings: ModelSettings | None = None,
    ) -> None:
        self._access = ModelAccess(model, worker, model_options)
        super().__init__(settings=settings, profile=_PROFILE if profile is None else profile)

    @property
    def model_name(self) -> str:
        return self._access.name

    @property
    def system(self) -> str:
        return PROVIDER

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        settings, parameters = self.prepare_request(model_settings, model_request_parameters)
        with in_pydantic_ais_words(self.model_name):
            begin = self._begin(messages, settings or {}, parameters)
            reply = await self._access.aanswer(begin, to_patience(settings or {}))
        return to_response(reply, self.model_name)

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        settings, parameters = self.prepare_request(model_settings, model_request_parameters)
        with in_pydantic_ais_words(self.model_name):  # what is wrong with a request is told before it is read from
            begin = self._begin(messages, settings or {}, parameters)
            answering = await self._access.abegin(begin, to_patience(settings or {}))
            try:
                first = await answering.next()
            except BaseException:
                answering.abort()
                raise
        try:
            yield LlamaWorkerStreamedResponse(parameters, self.model_name, answering, first)
        finally:
            answering.abort()

    async def count_tokens(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> RequestUsage:
        """By the model's own tokenizer, chat template and tools included."""
        settings, parameters = self.prepare_request(model_settings, model_request_parameters)
        told = to_messages(messages, self._get_instruction_parts(messages, parameters))
        options = to_options(settings or {}, parameters)
        with in_pydantic_ais_words(self.model_name):
            rendered = await self._access.aask(lambda model: model.render(told, **options))
        return RequestUsage(input_tokens=len(rendered.tokens))

    def _begin(
        self, messages: list[ModelMessage], settings: ModelSettings, parameters: ModelRequestParameters
    ) -> Begin:
        told = to_messages(messages, self._get_instruction_parts(messages, parameters))
        options = to_options(settings, parameters)
        return lambda model: model.chat(told, **options)
