"""Values of a type, where a grammar holds the answer to its schema."""

from __future__ import annotations

from typing import Any, TypeVar

from llama_index.core.bridge.pydantic import BaseModel
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.prompts import PromptTemplate

Value = TypeVar("Value", bound=BaseModel)


class StructuredByGrammar(FunctionCallingLLM):
    """In place of a forced call, which LlamaIndex uses for other models, and here for streams of values."""

    def structured_predict(
        self,
        output_cls: type[Value],
        prompt: PromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> Value:
        """Raises pydantic's `ValidationError` for an answer that was cut off."""
        asked = {**(llm_kwargs or {}), "json_schema": output_cls.model_json_schema()}
        asked.pop("tool_choice", None)
        response = self.chat(self._extend_messages(prompt.format_messages(**prompt_args)), **asked)
        return output_cls.model_validate_json(response.message.content or "")

    async def astructured_predict(
        self,
        output_cls: type[Value],
        prompt: PromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> Value:
        """As `structured_predict`."""
        asked = {**(llm_kwargs or {}), "json_schema": output_cls.model_json_schema()}
        asked.pop("tool_choice", None)
        response = await self.achat(self._extend_messages(prompt.format_messages(**prompt_args)), **asked)
        return output_cls.model_validate_json(response.message.content or "")
