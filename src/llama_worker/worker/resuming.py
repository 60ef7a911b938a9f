"""From where an answer that was cut can go on, so that it comes out as it would have without the cut."""

from __future__ import annotations

from ..engine.engine import Engine
from .request import Asked, rendered_for
from .said import Gone, Said
from .tokens import tokenize


async def rewind(asked: Asked, said: Said, engine: Engine) -> Gone:
    """Take back what of `said` must be generated again.

    Mere text goes on with the very tokens it was generated with, so nothing is taken back. Within a grammar, and
    where calls may follow, the engine takes text only, and reads it as the tokens that it would tokenize to: a greedy
    answer goes on from the last place where those are the generated ones. A completion within a grammar, and a
    reasoning within one, are generated anew, with the same seed. Reasoning goes on as text.
    """
    constrained = asked.schema is not None or asked.options.grammar is not None
    if asked.messages is None:
        return said.rewind() if constrained else Gone()
    if said.reasoning:
        return said.rewind() if asked.options.grammar is not None else Gone()
    if not (constrained or asked.tools) or asked.options.temperature != 0:
        return Gone()
    return said.rewind(await _exact_pieces(asked, said, engine))


async def _exact_pieces(asked: Asked, said: Said, engine: Engine) -> int:
    """How many pieces of the text can be sent as text."""
    before = await rendered_for(asked, engine)
    wanted = await _tokens(engine, before) + said.known_ids
    pieces = len(said.known_ids)
    base = len(wanted) - pieces
    while pieces:
        found = await _tokens(engine, before + said.beginning(pieces))
        if found == wanted[: base + pieces]:
            return pieces
        agreeing = next(
            (at for at, (one, two) in enumerate(zip(found, wanted, strict=False)) if one != two), len(found)
        )
        pieces = max(min(agreeing - base, pieces - 1), 0)
    return 0


async def _tokens(engine: Engine, text: str) -> list[int]:
    return await tokenize(engine, text, add_special=True, parse_special=True)
