"""The document, and the comparison that it is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import TypeVar

from llama_worker.engine.arguments.check import by_spelling
from llama_worker.engine.arguments.others import OTHERS
from llama_worker.engine.arguments.ours import OURS
from llama_worker.engine.arguments.parameter import Parameter
from llama_worker.engine.arguments.refused import REFUSED

from . import elsewhere
from .binary import arguments, engine_version, route_candidates
from .fields import FIELDS
from .routes import ROUTES
from .running import Told, ask

_Meaning = TypeVar("_Meaning")
PATH = "docs/parity.md"
_INTRODUCTION = """# Parity with llama.cpp's server

What the server of llama.cpp has in the engine that this package pins (xllamacpp {version}), and what it is here. Made
by `python -m generators`, which asks the engine: its file for arguments, a running one for routes and fields. An entry
that no table names fails `make check`.
"""
_ARGUMENTS = """
## Settings

{ours} arguments are options here, {passed} more are passed on by
[`engine_arguments`](guide/engine-settings.md#everything-else), {bundled} of these to the bundled engine too, and
{refused} are left out, each for its reason.

| llama-server | here |
| --- | --- |"""


def files() -> dict[str, str]:
    """The document. Raises `SystemExit` with a sentence for each entry that is not decided, or is no more."""
    told = ask(route_candidates() | {name.split()[1] for name in ROUTES})
    if undecided := [*problems(arguments(), told)]:
        raise SystemExit("\n".join(undecided))
    parts = [_INTRODUCTION.format(version=engine_version()), *_rows("Routes", "route", ROUTES)]
    parts += [*_rows("Request fields", "field", FIELDS), *_settings()]
    return {PATH: "\n".join(parts) + "\n"}


def problems(found: Set[str], told: Told) -> Iterator[str]:
    """A sentence for each argument, route or field that no table names, and for each that is named and not there."""
    decided = {name for table in (OURS, REFUSED, OTHERS) for name in by_spelling(table)}
    known = decided | elsewhere.OTHER_PROGRAMS | elsewhere.OTHERS
    where = "decide what it is here in src/llama_worker/engine/arguments/, or in generators/parity/elsewhere.py"
    yield from _new("argument", found - known, where)
    yield from _gone("argument", {name for name in known if name.startswith("--")} - found)
    yield from _new("route", told.routes - set(ROUTES), "decide what it is here in generators/parity/routes.py")
    yield from _gone("route", set(ROUTES) - told.routes)
    yield from _new("request field", told.fields - set(FIELDS), "decide what it is here in generators/parity/fields.py")


def _new(kind: str, names: Iterable[str], what_to_do: str) -> Iterator[str]:
    yield from (f"The engine has {_a(kind)} that parity does not know, {name}: {what_to_do}." for name in sorted(names))


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _gone(kind: str, names: Iterable[str]) -> Iterator[str]:
    yield from (f"The engine has no {kind} {name} any more: take it out of parity." for name in sorted(names))


def _rows(title: str, kind: str, table: Mapping[str, str]) -> Iterator[str]:
    yield f"\n## {title}\n\n| {kind} | here |\n| --- | --- |"
    yield from (f"| `{name}` | {meaning} |" for name, meaning in table.items())


def _settings() -> Iterator[str]:
    bundled = sum(parameter is not None for parameter in OTHERS.values())
    yield _ARGUMENTS.format(ours=len(OURS), passed=len(OTHERS), bundled=bundled, refused=len(REFUSED))
    yield from _arguments(OURS, lambda option: f"`{option}`")
    yield from _arguments(OTHERS, _passed)
    yield from _arguments(REFUSED, lambda reason: f"left out: {reason}")


def _arguments(table: Mapping[str, _Meaning], told: Callable[[_Meaning], str]) -> Iterator[str]:
    for names, meaning in table.items():
        yield f"| {' '.join(f'`{name}`' for name in names.split())} | {told(meaning)} |"


def _passed(parameter: Parameter | None) -> str:
    return "`engine_arguments`" if parameter else "`engine_arguments`, of a llama-server"
