"""The keyword arguments of a new session, for editors and type checkers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ...options.keywords import SessionOptionKeywords

if TYPE_CHECKING:
    from .overflow import Strategy


class SessionKeywords(SessionOptionKeywords, total=False):
    """The options, of which `overflow` may also be a function."""

    overflow: Literal["drop_oldest", "error"] | Strategy
