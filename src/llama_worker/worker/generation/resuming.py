"""From where an answer that was cut can go on, so that it comes out as it would have without the cut."""

from __future__ import annotations

from ...engine.api.endpoints import tokenize
from ...engine.engine import Engine
from .forced.asked import is_constrained_here
from .generated import Generated, TakenBack
from .request import GenerationRequest, follows_the_prompt, rendered_for


async def rewind(request: GenerationRequest, generated: Generated, engine: Engine) -> TakenBack:
    """Take back what of `generated` must be generated again.

    Mere text goes on with the very tokens it was generated with, so nothing is taken back. Within a grammar, and
    where calls may follow, and after images, the engine takes text only, and reads it as the tokens that it would
    tokenize to: a greedy answer goes on from the last place where those are the generated ones. A completion within a
    grammar, what our own grammar constrains, and a reasoning within one, are generated anew, with the same seed.
    Reasoning goes on as text. What must be reproducible is all generated anew.
    """
    if request.options.reproducible:
        return generated.rewind()  # what was generated token by token would be read in one batch
    constrained = request.schema is not None or request.options.grammar is not None
    if request.messages is None:
        return generated.rewind() if constrained else TakenBack()
    if await is_constrained_here(request.asked, engine):
        return generated.rewind()
    if constrained and not engine.settings.jinja:
        return generated.rewind()  # its template cannot render an answer that has begun
    if generated.reasoning:
        anew = request.options.grammar is not None or (constrained and generated.closing)
        return generated.rewind() if anew else TakenBack()
    if not (constrained or request.tools or request.media) or request.options.temperature != 0:
        return TakenBack()
    return generated.rewind(await _exact_pieces(request, generated, engine))


async def can_go_on(request: GenerationRequest, generated: Generated, engine: Engine) -> bool:
    """Whether the rest of an answer can be generated after other messages than its beginning was.

    What is generated anew then comes out otherwise; and a grammar of the caller's may describe marks before the text,
    which are not known any more.
    """
    if not generated.begun or request.messages is None:
        return True
    closed_form = generated.closing and request.schema is not None
    if closed_form or await is_constrained_here(request.asked, engine):
        return False
    return request.options.grammar is None or await follows_the_prompt(request, generated, engine)


async def _exact_pieces(request: GenerationRequest, generated: Generated, engine: Engine) -> int:
    """How many pieces of the text can be sent as text."""
    before = await rendered_for(request, engine)
    wanted = await _tokens(engine, before) + generated.known_ids
    pieces = len(generated.known_ids)
    base = len(wanted) - pieces
    while pieces:
        found = await _tokens(engine, before + generated.beginning(pieces))
        if found == wanted[: base + pieces]:
            return pieces
        agreeing = next(
            (at for at, (one, two) in enumerate(zip(found, wanted, strict=False)) if one != two), len(found)
        )
        pieces = max(min(agreeing - base, pieces - 1), 0)
    return 0


async def _tokens(engine: Engine, text: str) -> list[int]:
    return await tokenize(engine, text, add_special=True, parse_special=True)
