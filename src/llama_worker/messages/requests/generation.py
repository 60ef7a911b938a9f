"""Requests that generate text."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from ...options import PromptOptions
from ..base import ChatMessage, Content, ModelRef, SessionRef
from ..ends import ends_with
from ..replies import CompletionDone
from .base import Request, RequestWithFunctions

__all__ = [
    "AnswerCalls",
    "Chat",
    "Complete",
    "CompletePrompt",
    "GenerateChatCompletion",
    "GenerateCompletion",
    "Infill",
    "InfillFile",
    "Preload",
    "PromptRequest",
    "SendPrompt",
]


@ends_with(CompletionDone)
class GenerateCompletion(RequestWithFunctions, frozen=True, kw_only=True):
    """Ask in the current session, which is created now when there is none."""

    prompt: Content


@ends_with(CompletionDone)
class GenerateChatCompletion(RequestWithFunctions, frozen=True, kw_only=True):
    """Make `messages` the current session's history and answer the last one, which must be the user's."""

    messages: list[ChatMessage]


@ends_with(CompletionDone)
class PromptRequest(RequestWithFunctions, frozen=True, kw_only=True, tag="prompt"):
    """Ask in a session and stream the answer."""

    prompt: Content
    session: SessionRef | None = None


@ends_with(CompletionDone)
class SendPrompt(RequestWithFunctions, frozen=True, kw_only=True):
    """As `prompt`, but told at once which operation it is (`operation_started`)."""

    prompt: Content
    session: SessionRef | None = None


@ends_with(CompletionDone)
class AnswerCalls(RequestWithFunctions, frozen=True, kw_only=True):
    """Go on after an answer whose `finishReason` is `tool_calls`."""

    results: Annotated[dict[str, Any], Meta(description="What each call gave: `{call id: result}`.")]
    session: SessionRef | None = None


@ends_with(CompletionDone)
class CompletePrompt(Request, frozen=True, kw_only=True):
    """How the user might go on with a prompt that begins so; leaves no trace in the conversation."""

    prompt: str
    options: PromptOptions | None = None
    session: SessionRef | None = None


@ends_with(CompletionDone)
class Preload(Request, frozen=True, kw_only=True):
    """Read a conversation and the beginning of a prompt before it is asked, so that its answer comes sooner."""

    prompt: Content = ""
    options: PromptOptions | None = None
    session: SessionRef | None = None


@ends_with(CompletionDone)
class Complete(Request, frozen=True, kw_only=True):
    """Continue a text as it stands, without a chat template and without remembering it."""

    prompt: str
    options: PromptOptions | None = None
    model: ModelRef | None = None


class InfillFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another file of the project whose gap is filled."""

    filename: str
    text: str


@ends_with(CompletionDone)
class Infill(Request, frozen=True, kw_only=True):
    """Write what stands between two texts. `extra` are other files, the most important last; what does not fit into the
    context is left out: files from the first on, then what is farthest from the gap."""

    prefix: str
    suffix: str
    extra: tuple[InfillFile, ...] = ()
    options: PromptOptions | None = None
    model: ModelRef | None = None


@ends_with(CompletionDone)
class Chat(RequestWithFunctions, frozen=True, kw_only=True):
    """Answer a list of messages without remembering it."""

    messages: list[ChatMessage]
    model: ModelRef | None = None
