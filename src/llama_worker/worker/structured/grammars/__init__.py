"""Our grammars, one GBNF file each in this folder, by name; a caller's own GBNF passes through."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from ....errors import InvalidOptionsError

NAMES = ("arithmetic", "c", "chess", "english", "japanese", "json", "json_arr", "list")


def find_grammar(grammar: str) -> str:
    """The GBNF text of a name, or `grammar` itself when it is GBNF.

    Raises `InvalidOptionsError` when it is neither; whether GBNF is right is the engine's to say.
    """
    if "::=" in grammar:
        return grammar
    if grammar not in NAMES:
        raise InvalidOptionsError(
            f"Grammar {grammar!r} is neither GBNF text (`root ::= ...`) nor one of {', '.join(NAMES)}.", path="grammar"
        )
    return _read(grammar)


@cache
def _read(name: str) -> str:
    return files(__name__).joinpath(f"{name}.gbnf").read_text(encoding="utf-8")
