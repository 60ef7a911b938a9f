"""docs/clients.md: client libraries against what they are tried with."""

from __future__ import annotations

from collections.abc import Iterator

from tests.compat.left_out import FILES, SLOW, TESTS
from tests.frameworks.matrix import NAMES, PROVES, version_of
from tests.http.clients.matrix import ABILITIES, CLIENTS, Client

PATH = "docs/clients.md"
_INTRODUCTION = """# Clients that work

Other people's libraries, unchanged but for the address and the key, each in an environment of its own:
`make test-clients` installs them and tries each with all that stands here, `make test` some of them with less. Made by
`python -m generators` from `tests/http/clients/matrix.py`. *yes*: proved by its script, which a test holds to this
table; empty: it says below why.

Leaving in the middle means that the engine stops (with some libraries only when Python collects its garbage, as they
keep their connections till then); overflow, that a prompt that does not fit is refused in words that the library
knows, and not asked for again; a wrong key, that it is told as such.

Any other client of OpenAI's, Anthropic's, Ollama's or llama-server's API is served by the same routes:
[the server](server.md) says what of a request is refused, and names in a header what it does not read.
"""
_RESPONSES = """
## Open Responses

`make test-compat` also goes through the list of Open Responses' compliance checks: a basic answer, streaming, a system
prompt, tools, an image, several turns (`tests/compat/open_responses.py`). Its own tests are in no package index, so
these are written after its list; each answer and each event is validated strictly against the types of the `openai`
package, and the order of events is checked.
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
    yield "## Where each is tried, and what is not\n"
    yield "Scripts are in `tests/http/clients/`. What a library does not have is not listed.\n"
    for client in CLIENTS:
        where = "npm/package.json" if client.environment == "npm" else f"requirements/{client.environment}.txt"
        note = f" ({client.note})" if client.note else ""
        reasons = "".join(f" {what[0].upper()}{what[1:]}: {reason}." for reason, what in _reasons(client))
        yield f"- {client.name}: `{client.script}`, `{where}`{note}.{reasons}"


def _reasons(client: Client) -> Iterator[tuple[str, str]]:
    """Each with the abilities that it keeps out."""
    for reason in dict.fromkeys(client.why_not.values()):
        yield reason, ", ".join(ability for ability, why in client.why_not.items() if why == reason)


def _providers() -> Iterator[str]:
    yield _PROVIDERS
    yield f"| | {' | '.join(NAMES.values())} |"
    yield f"| --- | {' | '.join('---' for _ in NAMES)} |"
    yield f"| tried with | {' | '.join(f'`{version_of(name)}`' for name in NAMES)} |"
    for ability, tests in PROVES.items():
        yield f"| {ability} | {' | '.join('yes' if name in tests else '' for name in NAMES)} |"


def _left_out() -> Iterator[str]:
    yield _RESPONSES
    yield _COMPAT
    for test, reason in (FILES | TESTS).items():
        yield f"| `{_cell(test)}` | {reason} |"
    yield f"| what is marked slow | {SLOW} |"


def _cell(text: str) -> str:
    """In a table a bar is the end of a cell."""
    return text.replace("|", "\\|")
