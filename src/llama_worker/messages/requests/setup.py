"""Requests that prepare: engine, context, session."""

from __future__ import annotations

from ...options import ContextOptions, LlamaOptions, SessionOptions
from ..base import ChosenSession, ModelRef
from ..ends import ends_with
from ..replies import Abilities, ContextCreated, Result, SessionCreated
from .base import Request

__all__ = ["CreateContext", "Init", "InitializeSession"]


@ends_with(Result, value=Abilities)
class Init(Request, frozen=True, kw_only=True):
    """Choose the engine and tell what it can do. Optional: whatever needs an engine does it."""

    options: LlamaOptions | None = None


@ends_with(ContextCreated)
class CreateContext(Request, frozen=True, kw_only=True):
    """Set how much the model keeps in mind; for the current model this also drops the current session."""

    options: ContextOptions | None = None
    model: ModelRef | None = None


@ends_with(SessionCreated)
class InitializeSession(Request, frozen=True, kw_only=True):
    """Begin a conversation. Without `model` it becomes this port's current one and needs a context."""

    options: SessionOptions | None = None
    model: ModelRef | None = None
    session_id: ChosenSession | None = None
