"""LangChain's chat model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.language_models.base import LangSmithParams
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ConfigDict, Field, PrivateAttr, model_validator

from ..access.answers import Begin, Patience
from ..access.model import ModelAccess
from ..access.options import check_prompt_options, function_choice, given
from .failures import in_langchains_words
from .messages import to_messages
from .outputs import PROVIDER, to_chunk, to_result
from .structured import structured_output

if TYPE_CHECKING:
    from typing import Unpack

    from .keywords import ChatKeywords


class ChatLlamaWorker(BaseChatModel):
    """A chat model that runs in this program's own engine.

    `model` is "builtin", a path, a name such as "hf:org/repo:Q4_K_M", or a model that is loaded; `worker` loads it
    (default: one that all integrations share), with `model_options`, the options of `load_model`. `stop` are texts that
    end an answer. Every other option of a prompt may be given as well, here or to `invoke`, `bind` and so on: common
    ones are fields, the others are kept in `options`. `timeout` in seconds is for a whole answer; `max_retries`: how
    often one is asked for again whose engine died before anything of it was told.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, populate_by_name=True, protected_namespaces=())

    model: Any = Field(default="builtin", alias="model_name")
    worker: Any = Field(default=None, exclude=True, repr=False)
    model_options: dict[str, Any] = Field(default_factory=dict)
    temperature: float | None = None
    max_tokens: int | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    seed: int | None = None
    stop: list[str] | None = Field(default=None, alias="stop_sequences")
    timeout: float | None = None
    max_retries: int = Field(default=0, ge=0)
    streaming: bool = False
    options: dict[str, Any] = Field(default_factory=dict)
    _access: ModelAccess = PrivateAttr()

    if TYPE_CHECKING:

        def __init__(self, **fields: Unpack[ChatKeywords]) -> None: ...

    @model_validator(mode="before")
    @classmethod
    def _gather_options(cls, values: Any) -> Any:
        """Options without a field of their own, checked at once."""
        known = set(cls.model_fields) | {field.alias for field in cls.model_fields.values()}
        others = {name: value for name, value in values.items() if name not in known}
        kept = {name: value for name, value in values.items() if name in known}
        options = {**values.get("options", {}), **others}
        check_prompt_options(options)
        return {**kept, "options": options}

    def model_post_init(self, context: Any, /) -> None:
        super().model_post_init(context)
        self._access = ModelAccess(self.model, self.worker, self.model_options)
        check_prompt_options(self._prompt_options(None, {}))

    @property
    def _llm_type(self) -> str:
        return PROVIDER

    @property
    def _identifying_params(self) -> Mapping[str, Any]:
        return {"model_name": self._access.name, **self._prompt_options(None, {})}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        told = super()._get_ls_params(stop=stop, **kwargs)
        told["ls_provider"] = PROVIDER
        told["ls_model_name"] = self._access_to(kwargs.get("model")).name
        return told

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        access, begin, patience = self._asked(messages, stop, kwargs)
        with in_langchains_words():
            return to_result(access.answer(begin, patience), access.name)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        access, begin, patience = self._asked(messages, stop, kwargs)
        with in_langchains_words():
            return to_result(await access.aanswer(begin, patience), access.name)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        access, begin, patience = self._asked(messages, stop, kwargs)
        with in_langchains_words():
            for piece in access.stream(begin, patience):
                chunk = to_chunk(piece, access.name)
                if run_manager:
                    run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        access, begin, patience = self._asked(messages, stop, kwargs)
        with in_langchains_words():
            async for piece in access.astream(begin, patience):
                chunk = to_chunk(piece, access.name)
                if run_manager:
                    await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | bool | dict[str, Any] | None = None,
        parallel_tool_calls: bool | None = None,
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Tools that the model may call. `tool_choice`: "auto", "none", "any" (or "required", True), or a tool's name;
        `parallel_tool_calls=False` allows one call in an answer. Arguments always keep to their schema where a call is
        forced, so `strict` changes nothing."""
        bound = given(tool_choice=function_choice(tool_choice), parallel_tool_calls=parallel_tool_calls)
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **bound, **kwargs)

    def with_structured_output(
        self,
        schema: dict[str, Any] | type,
        *,
        include_raw: bool = False,
        method: str = "json_schema",
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, Any]:
        """Answers of a form: a Pydantic class, a TypedDict, or a JSON schema. `method`: "json_schema" (a grammar holds
        the answer to it), "function_calling" (a forced call), or "json_mode" (any JSON object)."""
        kwargs.pop("strict", None)
        if method == "function_calling":
            return super().with_structured_output(schema, include_raw=include_raw, **kwargs)
        return structured_output(self, schema, method=method, include_raw=include_raw, **kwargs)

    def get_token_ids(self, text: str) -> list[int]:
        """By the model's own tokenizer."""
        return self._access.ask(lambda model: model.tokenize(text))

    def get_num_tokens(self, text: str) -> int:
        return len(self.get_token_ids(text))

    def get_num_tokens_from_messages(self, messages: list[BaseMessage], tools: Sequence[Any] | None = None) -> int:
        """As the model reads them, chat template and tools included."""
        told, functions = to_messages(messages), [convert_to_openai_tool(tool) for tool in tools or ()]
        return len(self._access.ask(lambda model: model.render(told, functions=functions)).tokens)

    def _access_to(self, model: Any) -> ModelAccess:
        """To another model than usual, where a call names one."""
        return self._access if model in (None, self.model) else ModelAccess(model, self.worker, self.model_options)

    def _prompt_options(self, stop: list[str] | None, others: Mapping[str, Any]) -> dict[str, Any]:
        fields = given(
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            top_p=self.top_p,
            top_k=self.top_k,
            min_p=self.min_p,
            seed=self.seed,
            stop_sequences=self.stop if stop is None else stop,
        )
        return fields | self.options | given(**others)

    def _asked(
        self, messages: Sequence[BaseMessage], stop: list[str] | None, kwargs: Mapping[str, Any]
    ) -> tuple[ModelAccess, Begin, Patience]:
        others = dict(kwargs)
        access = self._access_to(others.pop("model", None))
        patience = Patience(others.pop("timeout", self.timeout), others.pop("max_retries", self.max_retries))
        told, options = to_messages(messages), self._prompt_options(stop, _renamed(others))
        return access, lambda model: model.chat(told, **options), patience


def _renamed(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Keywords of LangChain's as options of a prompt."""
    options = {name: value for name, value in kwargs.items() if name not in ("tools", "tool_choice", "stream")}
    one_call = options.pop("parallel_tool_calls", None) is False
    if tools := kwargs.get("tools"):
        choice = given(function_choice=function_choice(kwargs.get("tool_choice")))
        options |= {"functions": tools, **choice}
        options |= {"max_parallel_function_calls": 1} if one_call else {}
    return options
