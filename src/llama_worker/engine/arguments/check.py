"""Reads `engine_arguments` and refuses what must not be given, before an engine is started."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from ...errors import InvalidOptionsError
from .others import OTHERS
from .ours import OURS
from .parameter import Parameter, Switch
from .refused import REFUSED

_Meaning = TypeVar("_Meaning")


def by_spelling(table: Mapping[str, _Meaning]) -> dict[str, _Meaning]:
    """A table of arguments by each of their spellings."""
    return {spelling: meaning for spellings, meaning in table.items() for spelling in spellings.split()}


@cache
def _tables() -> tuple[dict[str, str], dict[str, str], dict[str, Parameter | None]]:
    return by_spelling(OURS), by_spelling(REFUSED), by_spelling(OTHERS)


def check_arguments(words: Sequence[str], *, bundled: bool) -> None:
    """Raise `InvalidOptionsError` for an argument that an option here decides, that would break the supervision, or
    that the bundled engine has not. A llama-server knows best which others it has."""
    for index, given in enumerate(words):
        _check_allowed(given, f"engine_arguments[{index}]")
    if words and not _is_argument(words[0]):
        raise _wrong(f"begins with {words[0]!r}, which is no argument: write --NAME first", "engine_arguments[0]")
    if bundled:
        for index, name, word in _pairs(words):
            _check_bundled(name, word, f"engine_arguments[{index}]")


def apply_arguments(words: Sequence[str], params: Any, binding: Any) -> Iterator[tuple[str, Any]]:
    """The paths and values of the parameters of the bundled engine that checked words stand for. Each is to be set
    before the next one is asked for, which may add to it."""
    others = _tables()[2]
    for _, name, word in _pairs(words):
        if parameter := others.get(name):
            yield parameter.path, parameter.value(word or "", params, binding)


def _check_allowed(word: str, path: str) -> None:
    ours, refused, _ = _tables()
    name = _normal(word.partition("=")[0])
    if name in ours:
        raise _wrong(f"{name} cannot be given: use the option `{ours[name]}`", path)
    if name in refused:
        raise _wrong(f"{name} cannot be given, as {refused[name]}", path)


def _check_bundled(name: str, word: str | None, path: str) -> None:
    others = _tables()[2]
    if name not in others:
        raise _wrong(f"the bundled engine has no argument {name}", path)
    parameter = others[name]
    if parameter is None:
        raise _wrong(f"{name} cannot be set in the bundled engine: run a llama-server (option `engine`)", path)
    if isinstance(parameter, Switch):
        if word is not None:
            raise _wrong(f"{name} is followed by {word!r}, and takes no value", path)
    elif word is None:
        raise _wrong(f"{name} needs a value", path)
    elif refusal := parameter.refusal(word):
        raise _wrong(f"{name} must be {refusal}, not {word!r}", path)


def _pairs(words: Sequence[str]) -> Iterator[tuple[int, str, str | None]]:
    """Each argument with the word after it, if there is one, and where it stands; a second word stands alone."""
    index = 0
    while index < len(words):
        name = _normal(words[index])
        has_value = index + 1 < len(words) and not _is_argument(words[index + 1])
        yield index, name, words[index + 1] if has_value else None
        index += 2 if has_value else 1


def _is_argument(word: str) -> bool:
    return word.startswith("-") and not word[1:2].isdigit() and len(word) > 1


def _normal(word: str) -> str:
    """A llama-server takes `--a_b` for `--a-b`."""
    return word.replace("_", "-") if word.startswith("--") else word


def _wrong(what: str, path: str) -> InvalidOptionsError:
    return InvalidOptionsError(f"Option 'engine_arguments' is invalid: {what}.", path=path)
