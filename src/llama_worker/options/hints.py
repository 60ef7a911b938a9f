"""What ends a sentence about an option that does not exist: which one was meant, and whose it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import fields

from ..errors.nearest import letters, nearest
from .base import Options
from .engine import LlamaOptions
from .mcp import NAME_PATTERN, URL_PATTERN
from .model import ContextOptions, ModelOptions
from .other_libraries import ADVICE, TARGETS
from .paths import choices_at, struct_at
from .prompt import PYTHON_ONLY, PromptOptions
from .server import ServerOptions
from .session import SessionOptions
from .spelling import camel, enumerated, snake


class Taker(Struct, frozen=True):
    """Who takes a kind of options: methods in Python, and requests in messages."""

    kind: type[Options]
    methods: tuple[str, ...]
    requests: tuple[str, ...]

    def names(self, *, in_message: bool) -> frozenset[str]:
        """Of all that may be given, as Python spells them."""
        beside = PYTHON_ONLY if self.kind is PromptOptions else frozenset()
        return option_names(self.kind) | (beside & {"functions"} if in_message else beside)


TAKERS = (
    Taker(LlamaOptions, ("LlamaWorker",), ("init",)),
    Taker(ModelOptions, ("load_model",), ("load_model",)),
    Taker(ContextOptions, ("create_context",), ("create_context",)),
    Taker(SessionOptions, ("create_session",), ("initialize_session",)),
    Taker(PromptOptions, ("prompt", "chat", "complete"), ("prompt", "chat", "complete")),
    Taker(ServerOptions, ("create_app",), ("llama-worker serve",)),
)

_UNKNOWN_FIELD = re.compile(r"contains unknown field `(?P<name>.*)`", re.DOTALL)
_WRONG_FORM = re.compile(r"Expected `str` matching regex (?P<pattern>.*)", re.DOTALL)
_FORMS = {
    repr(NAME_PATTERN): "only letters, digits, `_`, `.` and `-` may be in it",
    repr(URL_PATTERN): "it must begin with http:// or https://",
}
_WRONG_CHOICE = re.compile(r"Invalid enum value (?P<given>.*)", re.DOTALL)

# Other libraries have one number where there is a Struct here.
EXAMPLES = {
    "repeat_penalty": {"penalty": 1.1},
    "dry_repeat_penalty": {"strength": 0.8},
    "dynamic_temperature": {"range": 0.5},
    "mirostat": {"version": 2},
    "xtc": {"probability": 0.1},
}


def explain(what: str, kind: type[Struct], path: str, *, in_message: bool = False) -> str:
    """What msgspec says is wrong at a path, as the end of a sentence: with a hint, and with the choices there are."""
    if (form := _WRONG_FORM.search(what)) and form["pattern"] in _FORMS:
        what = what[: form.start()] + _FORMS[form["pattern"]]
    said = what[:1].lower() + what[1:]
    if unknown := _UNKNOWN_FIELD.search(what):
        given = unknown["name"] if in_message else snake(unknown["name"])
        struct = struct_at(kind, path)
        hint = option_hint(given, struct, in_message=in_message) if struct else ""
        return f"{said.replace(unknown['name'], given)}{hint}"
    choices = choices_at(kind, path)
    if choices and (wrong := _WRONG_CHOICE.match(what)):
        shown = [json.dumps(choice) if in_message else _literal(choice) for choice in choices]
        said = f"it must be {enumerated(shown, 'or')}, not {wrong['given']}"
    example = EXAMPLES.get(snake(path.rpartition(".")[2]))
    return f"{said}; an example is {json.dumps(example)}" if example else said


def _literal(value: object) -> str:
    """As Python's programmers write it, with the quotation marks of our texts."""
    return json.dumps(value) if isinstance(value, str) else repr(value)


def option_hint(given: str, kind: type[Struct], *, in_message: bool = False) -> str:
    """` (did you mean ...?)`, `: it is ... here`, or nothing for a name that tells nobody anything.

    In a message the options are spelled in camelCase, and named with the requests that take them.
    """
    taker = next((taker for taker in TAKERS if taker.kind is kind), None)
    return _hint(given, taker.names(in_message=in_message) if taker else option_names(kind), in_message)


def hint_among(given: str, kinds: Iterable[type[Struct]]) -> str:
    """The same where options of several kinds may be given."""
    return _hint(given, frozenset().union(*map(option_names, kinds)), in_message=False)


def _hint(given: str, names: frozenset[str], in_message: bool) -> str:
    hint = _Hint(names, in_message)
    return hint.of_own(given) or hint.of_others(given) or hint.by_spelling(given)


def option_names(kind: type[Struct]) -> frozenset[str]:
    """The fields of a Struct, as Python spells them."""
    return frozenset(field.name for field in fields(kind))


class _Hint:
    def __init__(self, names: frozenset[str], in_message: bool) -> None:
        self._in_message = in_message
        self._names = names

    def of_own(self, given: str) -> str:
        """An option of ours in another spelling, or one that another call takes."""
        own = spelled(given, self._names)
        if own and given != (camel(own) if self._in_message else own):
            return f" (did you mean {self._shown(own)}?)"
        if own:  # it exists, but not for this call
            return f": it is {self._whose(own)}" if own not in PYTHON_ONLY else ": this call takes no such thing"
        other = spelled(given, self._all_names())
        return f": it is {self._whose(other)}" if other else ""

    def of_others(self, given: str) -> str:
        """What another library calls so."""
        targets = TARGETS.get(letters(given), ())
        known = [target for target in targets if target.partition(".")[0] in self._names]
        known += [target for target in targets if target.partition(".")[0] in self._all_names()]
        if known:
            return f": it is {self._target(known[0])}"
        return f": {ADVICE[letters(given)]}" if letters(given) in ADVICE else ""

    def by_spelling(self, given: str) -> str:
        if near := nearest(given, sorted(self._names)):
            return f" (did you mean {self._shown(near)}?)"
        near = nearest(given, sorted(self._all_names()))
        return f" (did you mean {self._shown(near)}, {self._whose(near)}?)" if near else ""

    def _all_names(self) -> frozenset[str]:
        return frozenset().union(*(taker.names(in_message=self._in_message) for taker in TAKERS))

    def _target(self, target: str) -> str:
        option, _, inner = target.partition(".")
        shown = f"{self._shown(inner)} of {self._shown(option)} here" if inner else f"{self._shown(option)} here"
        return shown if option in self._names else f"{shown}, {self._whose(option)}"

    def _whose(self, option: str) -> str:
        return f"an option of {enumerated([f'`{taker}`' for taker in self._takers_of(option)])}"

    def _takers_of(self, option: str) -> Iterator[str]:
        for taker in TAKERS:
            if option in taker.names(in_message=self._in_message):
                yield from taker.requests if self._in_message else taker.methods

    def _shown(self, name: str) -> str:
        return f"`{camel(name) if self._in_message else name}`"


def spelled(given: str, names: frozenset[str]) -> str | None:
    """The name that is the same but for case, hyphens and underscores."""
    return next((name for name in names if letters(name) == letters(given)), None)
