"""What becomes of special tokens that are named in a content."""

from __future__ import annotations

from typing import Self

from msgspec import Struct

from ...options import PromptOptions, SessionOptions
from ...options.base import SpecialTokens

DEFAULT: SpecialTokens = "inert"


class Policy(Struct, frozen=True):
    """For all content, and for what the system is told, which comes from the program itself."""

    content: SpecialTokens = DEFAULT
    system: SpecialTokens = DEFAULT

    @classmethod
    def of(cls, options: PromptOptions | None = None, session: SessionOptions | None = None) -> Self:
        """What a prompt's options say, else what its session says."""
        base = cls(session.special_tokens, session.system_special_tokens) if session else cls()
        if options is None:
            return base
        return cls(options.special_tokens or base.content, options.system_special_tokens or base.system)

    @property
    def accepted(self) -> Self:
        """The same for what was asked before: it is not refused any more."""
        content, system = ("inert" if what == "refuse" else what for what in (self.content, self.system))
        return type(self)(content, system)

    def for_role(self, role: object) -> SpecialTokens:
        """What is done with a message. What a model said is not refused, or a conversation could not go on."""
        if role in ("system", "developer"):
            return self.system
        return "inert" if role == "assistant" and self.content == "refuse" else self.content
