"""LlamaIndex' LLM."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseAsyncGen,
    CompletionResponseGen,
    LLMMetadata,
)
from llama_index.core.bridge.pydantic import Field, PrivateAttr, model_validator
from llama_index.core.constants import DEFAULT_CONTEXT_WINDOW, DEFAULT_NUM_OUTPUTS
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback
from llama_index.core.llms.function_calling import FunctionCallingLLM

from ...worker.home import running_loop
from ...worker.model import Model
from ..access.answers import Begin, Patience
from ..access.model import ModelAccess
from ..access.options import check_prompt_options, given
from .messages import to_messages
from .responses import Gathering, to_chat_response, to_completion_response
from .structured import StructuredByGrammar
from .tools import CallsFunctions, prompt_options

if TYPE_CHECKING:
    from typing import Unpack

    from .keywords import LLMKeywords


class LlamaWorkerLLM(CallsFunctions, StructuredByGrammar, FunctionCallingLLM):
    """An LLM that runs in this program's own engine.

    `model` is "builtin", a path, a name such as "hf:org/repo:Q4_K_M", or a model that is loaded; `worker` loads it
    (default: one that all integrations share), with `model_options`, the options of `load_model`. Every option of a
    prompt may be given as well, here or to `chat`, `complete` and so on; they are kept in `options`. `timeout` in
    seconds is for a whole answer; `max_retries`: how often one is asked for again whose engine died before anything of
    it was told. `context_window` is only told to others: it is the model's own, once that is loaded.
    """

    model: Any = Field(default="builtin", exclude=True)
    worker: Any = Field(default=None, exclude=True)
    model_options: dict[str, Any] = Field(default_factory=dict)
    temperature: float | None = None
    max_tokens: int | None = None
    timeout: float | None = None
    max_retries: int = Field(default=0, ge=0)
    context_window: int | None = None
    is_function_calling_model: bool = True
    options: dict[str, Any] = Field(default_factory=dict)
    _access: ModelAccess = PrivateAttr()
    _context_size: int | None = PrivateAttr(default=None)

    if TYPE_CHECKING:

        def __init__(self, **fields: Unpack[LLMKeywords]) -> None: ...

    @model_validator(mode="before")
    @classmethod
    def _gather_options(cls, values: Any) -> Any:
        """Options without a field of their own, checked at once."""
        others = {name: value for name, value in values.items() if name not in cls.model_fields}
        kept = {name: value for name, value in values.items() if name in cls.model_fields}
        options = prompt_options({**values.get("options", {}), **others})
        check_prompt_options(options)
        return {**kept, "options": options}

    def model_post_init(self, context: Any, /) -> None:
        super().model_post_init(context)
        self._access = ModelAccess(self.model, self.worker, self.model_options)
        check_prompt_options(self._options({}))

    @classmethod
    def class_name(cls) -> str:
        return "LlamaWorkerLLM"

    @property
    def metadata(self) -> LLMMetadata:
        """What the model is. Its context is asked for, which loads it, where that keeps no event loop waiting."""
        return LLMMetadata(
            context_window=self.context_window or self._known_context_size(),
            num_output=self.max_tokens or DEFAULT_NUM_OUTPUTS,
            is_chat_model=True,
            is_function_calling_model=self.is_function_calling_model,
            model_name=self._access.name,
        )

    def tokenize(self, text: str) -> list[int]:
        """By the model's own tokenizer; for `Settings.tokenizer`."""
        return self._access.ask(lambda model: model.tokenize(text))

    @llm_chat_callback()
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        return to_chat_response(self._access.answer(*self._chat(messages, kwargs)))

    @llm_chat_callback()
    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        return to_chat_response(await self._access.aanswer(*self._chat(messages, kwargs)))

    @llm_chat_callback()
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        begin, patience = self._chat(messages, kwargs)

        def responses() -> ChatResponseGen:
            gathering = Gathering()
            for piece in self._access.stream(begin, patience):
                yield gathering.chat_response(piece)

        return responses()

    @llm_chat_callback()
    async def astream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseAsyncGen:
        begin, patience = self._chat(messages, kwargs)

        async def responses() -> ChatResponseAsyncGen:
            gathering = Gathering()
            async for piece in self._access.astream(begin, patience):
                yield gathering.chat_response(piece)

        return responses()

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """An answer to `prompt`; `formatted` says that it is in the model's own form already, and continues it."""
        return to_completion_response(self._access.answer(*self._complete(prompt, formatted, kwargs)))

    @llm_completion_callback()
    async def acomplete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return to_completion_response(await self._access.aanswer(*self._complete(prompt, formatted, kwargs)))

    @llm_completion_callback()
    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        begin, patience = self._complete(prompt, formatted, kwargs)

        def responses() -> CompletionResponseGen:
            gathering = Gathering()
            for piece in self._access.stream(begin, patience):
                yield gathering.completion_response(piece)

        return responses()

    @llm_completion_callback()
    async def astream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseAsyncGen:
        begin, patience = self._complete(prompt, formatted, kwargs)

        async def responses() -> CompletionResponseAsyncGen:
            gathering = Gathering()
            async for piece in self._access.astream(begin, patience):
                yield gathering.completion_response(piece)

        return responses()

    def _chat(self, messages: Sequence[ChatMessage], kwargs: dict[str, Any]) -> tuple[Begin, Patience]:
        told = to_messages(messages)
        return self._asked(kwargs, lambda model, options: model.chat(told, **options))

    def _complete(self, prompt: str, formatted: bool, kwargs: dict[str, Any]) -> tuple[Begin, Patience]:
        if formatted:
            return self._asked(kwargs, lambda model, options: model.complete(prompt, **options))
        return self._chat([ChatMessage(prompt)], kwargs)

    def _asked(self, kwargs: dict[str, Any], ask: Callable[[Model, dict[str, Any]], Any]) -> tuple[Begin, Patience]:
        others = dict(kwargs)
        patience = Patience(others.pop("timeout", self.timeout), others.pop("max_retries", self.max_retries))
        options = self._options(prompt_options(others))

        def begin(model: Model) -> Any:
            self._context_size = model.info.context_size
            return ask(model, options)

        return begin, patience

    def _options(self, others: dict[str, Any]) -> dict[str, Any]:
        return given(temperature=self.temperature, max_tokens=self.max_tokens) | self.options | given(**others)

    def _known_context_size(self) -> int:
        if self._context_size is None and running_loop() is None:
            self._context_size = self._access.ask(_context_size)
        return self._context_size or DEFAULT_CONTEXT_WINDOW


async def _context_size(model: Model) -> int:
    return model.info.context_size
