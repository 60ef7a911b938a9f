"""One family's loaded model, and what the checks share."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from msgspec import Struct

from llama_worker import LlamaWorker, Model, Reply
from llama_worker.worker.chat.session import ChatSession

from ..family import Family

CONTEXT = 2048
SHORT = 8


class NotPossible(Exception):
    """The template or llama.cpp has no such thing, for the reason that it tells."""


class Laboratory(Struct, frozen=True):
    """A family, its model and who loaded it; `folder` is for files."""

    family: Family
    worker: LlamaWorker
    model: Model
    path: Path
    folder: Path

    @property
    def noise(self) -> dict[str, Any]:
        """Options for a few tokens of the same noise each time, in the form that the family's answers have."""
        return self.letters if self.family.opening else {"temperature": 0, "max_tokens": SHORT}

    @property
    def letters(self) -> dict[str, Any]:
        """As `noise`, of nothing but letters and blanks."""
        opening = self.family.opening
        form = f"root ::= {json.dumps(opening)} [a-z ]*"
        return {"temperature": 0, "max_tokens": SHORT + len(opening) // 4, "grammar": form}

    async def say(self, session: ChatSession, text: str, **options: Any) -> Reply:
        """One turn of noise."""
        return await session.prompt(text, **{**self.noise, **options})


Ability = Callable[[Laboratory], Awaitable[None]]
