"""docs/models-that-work.md: families of models against abilities, as the laboratory's tests prove them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.families import measuring
from tests.families.abilities import ABILITIES
from tests.families.family import Family
from tests.families.limits import limit_of
from tests.families.sources import VERSION
from tests.families.table import FAMILIES

PATH = "docs/models-that-work.md"
_INTRODUCTION = f"""# Models that work

{{count}} families of models, each with its own architecture, chat template and the vocabulary of llama.cpp's that comes
nearest, over tiny random weights; checked against the engine of xllamacpp {VERSION}. Random weights talk noise, so this
says nothing of how good a model's answers are. It says what holds whatever the model says: that its template renders,
its cache is used, and its answers keep to the form that was asked for.

`make test` checks some of them, `make test-slow` all; `python -m tests.families.checking NAME` prints what one family
can do. The table is made by `python -m generators` from `tests/families/`, where a limit that is not declared fails the
tests, and so does one that holds no more.

*yes*: checked. *no*: not possible, by llama.cpp or the template; the reason is below. *FAILS*: it should work and does
not yet.
"""
_MEMORY = """What the engine occupied with its context of 2048 tokens full (512 for embeddings), against the estimate;
one family of each pair of architecture and vocabulary. Most of what these tiny models take is the process and the
vocabulary; wider ones are compared in `tests/models/memory/`. `python -m tests.families.measuring` measures anew."""


def files() -> dict[str, str]:
    """The document."""
    chatting = [family for family in FAMILIES if family.chats]
    parts = [_INTRODUCTION.format(count=len(chatting)), *_meanings(), *_table(chatting), *_reasons(chatting)]
    parts += ["", "## Embeddings", "", *_embedding(), *_memory()]
    return {PATH: "\n".join(parts) + "\n"}


def _meanings() -> Iterator[str]:
    yield "## Abilities\n"
    for name, check in ABILITIES.items():
        yield f"- **{name}**: {(check.__doc__ or '').splitlines()[0]}"
    yield "\n## The table\n"


def _table(families: list[Family]) -> Iterator[str]:
    yield f"| Family | Architecture | {' | '.join(ABILITIES)} |"
    yield f"| --- | --- |{' --- |' * len(ABILITIES)}"
    for family in families:
        cells = [_cell(family, ability) for ability in ABILITIES]
        yield f"| {family.name} | {family.architecture} | {' | '.join(cells)} |"


def _cell(family: Family, ability: str) -> str:
    limit = limit_of(family, ability)
    return "yes" if limit is None else "FAILS" if limit.ours else "no"


def _reasons(families: list[Family]) -> Iterator[str]:
    grouped: dict[tuple[bool, str, str], list[str]] = {}
    for family in families:
        for ability in ABILITIES:
            if limit := limit_of(family, ability):
                grouped.setdefault((limit.ours, ability, limit.reason), []).append(family.name)
    for ours, title in ((True, "What fails"), (False, "What is not possible")):
        yield f"\n## {title}\n"
        for (whose, ability, reason), names in grouped.items():
            if whose == ours:
                yield f"- **{ability}**: {reason} ({', '.join(names)})."


def _embedding() -> Iterator[str]:
    for family in FAMILIES:
        if not family.chats:
            yield f"- {family.name} ({family.architecture}): loads, and its vocabulary is read."


def _memory() -> Iterator[str]:
    yield f"\n## Memory\n\n{_MEMORY}\n"
    yield "| Family | Architecture | Measured | Estimate | |"
    yield "| --- | --- | --- | --- | --- |"
    architectures = {family.name: family.architecture for family in FAMILIES}
    for name, result in measuring.read().items():
        sizes = f"{result.found / 1e6:.0f} MB | {result.expected / 1e6:.0f} MB"
        yield f"| {name} | {architectures[name]} | {sizes} | {result.error:+.1%} |"
