"""docs/clients.md: client libraries against what they are tried with."""

from __future__ import annotations

from collections.abc import Iterator

from tests.compat.left_out import FILES, SLOW, TESTS
from tests.frameworks.matrix import NAMES, PROVES, version_of
from tests.http.clients.matrix import ABILITIES, CLIENTS

PATH = "docs/clients.md"
_INTRODUCTION = """# Clients that work

Other people's libraries, unchanged but for the address, each in an environment of its own, against the built-in model:
`python -m tests.http.clients` installs them, and `make test` holds a conversation with each. Made by
`python -m generators` from `tests/http/clients/matrix.py`. *yes*: proved by its test; empty: not tried with this one,
or the library does not have it.

Any other client of OpenAI's, Anthropic's or llama-server's API is served by the same routes: [the server](server.md)
says what of a request is refused, and names in a header what it does not read.
"""
_PROVIDERS = """
## Providers without a server

[Frameworks](frameworks/index.md) for which this package has a provider of its own, in engines of the program's. `make
test-frameworks` tries each in its framework, at the version told here; *yes* is proved by the test that
`tests/frameworks/matrix.py` names.
"""
_COMPAT = """
## llama.cpp's own tests

`make test-compat` runs llama.cpp's tests of its server against this one, from the source distribution of the pinned
engine, which is fetched once and checked by its digest. Other models stand in for those that they fetch, so what a text
says is not compared. All pass but these, which are left out:

| Test | Why |
| --- | --- |"""


def files() -> dict[str, str]:
    """The document."""
    return {PATH: "\n".join([_INTRODUCTION, *_table(), "", *_places(), *_providers(), *_left_out()]) + "\n"}


def _table() -> Iterator[str]:
    yield f"| Client | {' | '.join(ABILITIES)} |"
    yield f"| --- | {' | '.join('---' for _ in ABILITIES)} |"
    for client in CLIENTS:
        yield f"| {client.name} | {' | '.join('yes' if one in client.proves else '' for one in ABILITIES)} |"


def _places() -> Iterator[str]:
    yield "## Where each is tried\n"
    for client in CLIENTS:
        scripts = ", ".join(f"`{script}`" for script in client.scripts)
        note = f"; {client.note}" if client.note else ""
        yield f"- {client.name}: {scripts}, its version in `{client.requirements}`{note}"


def _providers() -> Iterator[str]:
    yield _PROVIDERS
    yield f"| | {' | '.join(NAMES.values())} |"
    yield f"| --- | {' | '.join('---' for _ in NAMES)} |"
    yield f"| tried with | {' | '.join(f'`{version_of(name)}`' for name in NAMES)} |"
    for ability, tests in PROVES.items():
        yield f"| {ability} | {' | '.join('yes' if name in tests else '' for name in NAMES)} |"


def _left_out() -> Iterator[str]:
    yield _COMPAT
    for test, reason in (FILES | TESTS).items():
        yield f"| `{_cell(test)}` | {reason} |"
    yield f"| what is marked slow | {SLOW} |"


def _cell(text: str) -> str:
    """In a table a bar is the end of a cell."""
    return text.replace("|", "\\|")
