"""Answers of a form, held to it by a grammar."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from langchain_core.language_models import LanguageModelInput
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.output_parsers import BaseOutputParser, JsonOutputParser, PydanticOutputParser
from langchain_core.runnables import Runnable, RunnableMap, RunnablePassthrough
from langchain_core.utils.function_calling import convert_to_json_schema
from langchain_core.utils.pydantic import is_basemodel_subclass

METHODS = ("json_schema", "json_mode")


def structured_output(
    model: BaseChatModel, schema: Any, *, method: str, include_raw: bool, **kwargs: Any
) -> Runnable[LanguageModelInput, Any]:
    """A chain of the model and a parser. Raises ValueError for another method."""
    if method not in METHODS:
        raise ValueError(f"method must be one of function_calling, {', '.join(METHODS)}, not {method!r}.")
    form = {"type": "object"} if method == "json_mode" else convert_to_json_schema(schema)
    told = {"kwargs": {"method": method}, "schema": schema}
    llm = model.bind(json_schema=form, ls_structured_output_format=told, **kwargs)
    parser = _parser(schema)
    if not include_raw:
        return llm | parser
    parsed = RunnablePassthrough.assign(parsed=itemgetter("raw") | parser, parsing_error=lambda _: None)
    unparsed = RunnablePassthrough.assign(parsed=lambda _: None)
    return RunnableMap(raw=llm) | parsed.with_fallbacks([unparsed], exception_key="parsing_error")


def _parser(schema: Any) -> BaseOutputParser[Any]:
    if isinstance(schema, type) and is_basemodel_subclass(schema):
        return PydanticOutputParser(pydantic_object=schema)
    return JsonOutputParser()
