"""What is said about conversations, without generating text."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..base import ChatMessage, ChosenSession, ModelRef, Name, SessionRef
from ..ends import ends_with
from ..replies import Result, SessionCreated
from ..session_info import SessionInfo
from .base import Request

__all__ = [
    "CloseSession",
    "FlushSession",
    "ForkSession",
    "GetChatHistory",
    "GetContextWindow",
    "ListSessions",
    "LoadSession",
    "RemoveSession",
    "ResetChatHistory",
    "ResumeSession",
    "SaveSession",
    "SetChatHistory",
]


JournalId = Annotated[Name, Meta(description="The `sessionId` that the conversation had, as `list_sessions` tells it.")]


@ends_with(Result, value=list[ChatMessage])
class GetChatHistory(Request, frozen=True, kw_only=True):
    """The messages of a session."""

    session: SessionRef | None = None


@ends_with(Result, value=list[ChatMessage])
class GetContextWindow(Request, frozen=True, kw_only=True):
    """The messages of a session that the model sees: the history, less what did not fit."""

    session: SessionRef | None = None


@ends_with(Result)
class SetChatHistory(Request, frozen=True, kw_only=True):
    """Replace the messages of a session."""

    messages: list[ChatMessage]
    session: SessionRef | None = None


@ends_with(Result)
class ResetChatHistory(Request, frozen=True, kw_only=True):
    """Forget the messages of a session but its system prompt."""

    session: SessionRef | None = None


@ends_with(SessionCreated)
class ForkSession(Request, frozen=True, kw_only=True):
    """A second conversation that goes on from where a session is now; the current session stays what it is."""

    session: SessionRef | None = None
    session_id: ChosenSession | None = None


@ends_with(Result)
class CloseSession(Request, frozen=True, kw_only=True):
    """Forget a session altogether."""

    session: SessionRef | None = None


@ends_with(Result)
class SaveSession(Request, frozen=True, kw_only=True):
    """Write a conversation to a file on the worker's machine. Refused where the worker is shared."""

    path: Name
    include_state: Annotated[bool, Meta(description="Also what the engine has computed of it.")] = False
    session: SessionRef | None = None


@ends_with(SessionCreated)
class LoadSession(Request, frozen=True, kw_only=True):
    """A conversation out of such a file. Refused where the worker is shared."""

    path: Name
    any_model: Annotated[bool, Meta(description="Take a conversation with another model.")] = False
    model: ModelRef | None = None
    session_id: ChosenSession | None = None


@ends_with(Result, value=list[SessionInfo])
class ListSessions(Request, frozen=True, kw_only=True):
    """The conversations in the journal, the one that was used last first. Refused where the worker is shared."""


@ends_with(SessionCreated)
class ResumeSession(Request, frozen=True, kw_only=True):
    """Go on with a conversation of the journal, under its id. Refused where the worker is shared."""

    session_id: JournalId
    any_model: Annotated[bool, Meta(description="Take a conversation with another model.")] = False
    model: ModelRef | None = None


@ends_with(Result)
class RemoveSession(Request, frozen=True, kw_only=True):
    """Forget a conversation of the journal for good. Refused where the worker is shared."""

    session_id: JournalId


@ends_with(Result)
class FlushSession(Request, frozen=True, kw_only=True):
    """Wait until the journal has a session as it is now; fails when it cannot be written."""

    session: SessionRef | None = None
