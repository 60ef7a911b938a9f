"""The kinds of options that one command takes together, and which of them a name belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from ..errors import InvalidOptionsError
from ..options import LlamaOptions, ModelOptions, Options, PromptOptions, ServerOptions, SessionOptions
from ..options.hints import hint_among, option_names, spelled
from .assignment import Assignment, read_assignment


class Group(Struct, frozen=True):
    """Options of one kind; `name` before a dot says that one of these is meant, `about` tells people whose they are."""

    name: str
    about: str
    kind: type[Options]


WORKER = Group("worker", "how engines are run", LlamaOptions)
SERVER = Group("server", "the server", ServerOptions)
MODEL = Group("model", "how the model is loaded", ModelOptions)
SESSION = Group("session", "the conversation", SessionOptions)
PROMPT = Group("prompt", "each answer", PromptOptions)

Given = dict[str, Any]


def read_options(given: Iterable[str], groups: Sequence[Group]) -> dict[type[Options], Given]:
    """Each `NAME=VALUE` among the options of its group: the first that has it, unless the group is named.

    A dot leads into an option (`xtc.probability=0.1`). Raises `InvalidOptionsError` for a name that no group has, and
    for one that is given twice.
    """
    found: dict[type[Options], Given] = {group.kind: {} for group in groups}
    for text in given:
        assignment = read_assignment(text)
        group, name = _group_of(assignment, groups)
        value = Assignment(name, assignment.text).value(group.kind)
        _put(found[group.kind], name.split("."), value, assignment.name)
    return found


def with_flags(options: Given, **flags: object) -> Given:
    """Those with flags of their own beside those of `-o`. Raises `InvalidOptionsError` for what is given twice."""
    given = {name: value for name, value in flags.items() if value is not None}
    for name in given.keys() & options.keys():
        flag = name.replace("_", "-")
        raise InvalidOptionsError(f"{name} is given twice, with --{flag} and with -o: leave one out.", path=name)
    return given | options


def _group_of(assignment: Assignment, groups: Sequence[Group]) -> tuple[Group, str]:
    prefix, _, rest = assignment.name.partition(".")
    named = next((group for group in groups if rest and group.name == prefix), None)
    name = rest if named else assignment.name
    for group in [named] if named else groups:
        if exact := spelled(name.partition(".")[0], option_names(group.kind)):
            return group, ".".join([exact, *name.split(".")[1:]])
    hint = hint_among(name.partition(".")[0], [group.kind for group in ([named] if named else groups)])
    raise InvalidOptionsError(f"-o {assignment.name}: there is no such option{hint}.", path=assignment.name)


def _put(into: Given, path: Sequence[str], value: Any, said: str) -> None:
    *folders, last = path
    for folder in folders:
        into = into.setdefault(folder, {})
        if not isinstance(into, dict):
            raise InvalidOptionsError(f"-o {said}: {folder} is given a value already.", path=said)
    if last in into:
        raise InvalidOptionsError(f"-o {said} is given twice: leave one out.", path=said)
    into[last] = value
