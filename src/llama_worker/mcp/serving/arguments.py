"""What the tools are given: their schemas are made of these, and calls are checked against them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

ModelName = Annotated[str, Meta(min_length=1, description="A name of list_models. Default: the server's first.")]
System = Annotated[str, Meta(description="How the model is to behave.")]
Form = Annotated[dict[str, Any], Meta(description="A JSON schema that the answer will be of.")]
MaxTokens = Annotated[int, Meta(ge=1, description="The longest answer, in tokens. Default: to its end.")]
Temperature = Annotated[float, Meta(ge=0, le=2, description="0 is the same each time. Default: the model's own.")]


class Arguments(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of them all."""


class Answering(Arguments, frozen=True, kw_only=True):
    """What every answer may be told."""

    model: ModelName | None = None
    schema: Form | None = None
    max_tokens: MaxTokens | None = None
    temperature: Temperature | None = None


class Generate(Answering, frozen=True, kw_only=True):
    """Have a language model on this machine answer a prompt. It knows nothing of this conversation."""

    prompt: Annotated[str, Meta(min_length=1, description="What is asked, with all that is needed to answer it.")]
    system: System | None = None


class Turn(Struct, frozen=True, forbid_unknown_fields=True):
    """A message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class Chat(Answering, frozen=True, kw_only=True):
    """Have a language model on this machine answer the last of several messages."""

    messages: Annotated[list[Turn], Meta(min_length=1)]


class Embed(Arguments, frozen=True, kw_only=True):
    """The vectors of texts, by an embedding model on this machine: near vectors mean near meanings."""

    texts: Annotated[list[str], Meta(min_length=1, max_length=2048)]
    model: ModelName | None = None


class ListModels(Arguments, frozen=True, kw_only=True):
    """The language models that this server has."""


class PullModel(Arguments, frozen=True, kw_only=True):
    """Download a model from Hugging Face to this machine, which may take long and gigabytes."""

    name: Annotated[str, Meta(min_length=1, description="Such as hf:org/repo:Q4_K_M.")]
