"""What the model sees of a request, token by token."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from ...engine.api.endpoints import CHAT_COMPLETIONS
from ...engine.api.rendering import TokenPiece, prompt_text, read_pieces
from ...engine.engine import Engine
from ...messages.values import Rendered, RenderedPiece
from ..generation.served.served import served
from ..inert.special_texts import SpecialTexts


async def rendered(engine: Engine, path: str, body: dict[str, Any], special: SpecialTexts) -> Rendered:
    """The prompt of the request that would be sent to `path`."""
    return await shown(engine, await prompt_text(engine, path, body), special)


async def shown(engine: Engine, prompt: str, special: SpecialTexts) -> Rendered:
    """A prompt as the engine reads it, with the tokens told apart that are control tokens."""
    tokens = await read_pieces(engine, prompt)
    return Rendered(text=prompt, tokens=tuple(token.id for token in tokens), pieces=tuple(_pieces(tokens, special)))


async def served_prompt(engine: Engine, body: dict[str, Any]) -> str:
    """The prompt of a chat request over HTTP, as the model would be sent it."""
    if body.get("add_generation_prompt") is False:
        return await prompt_text(engine, CHAT_COMPLETIONS, body)
    sent = await served(engine, CHAT_COMPLETIONS, body)
    return await prompt_text(engine, sent.path, sent.body)


def _pieces(tokens: Iterable[TokenPiece], special: SpecialTexts) -> Iterator[RenderedPiece]:
    """Control tokens each by itself, and what stands between them in one piece."""
    told = ((token.bytes, special.is_name(token.piece)) for token in tokens)
    for control, run in groupby(told, key=lambda one: one[1]):
        texts = [text for text, _ in run]
        for text in texts if control else [b"".join(texts)]:
            yield RenderedPiece(text.decode(errors="replace"), control)
