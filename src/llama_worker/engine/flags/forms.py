"""How one setting is written on a command line, and how as a parameter of the bundled engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Protocol

from msgspec import Struct


class Setting(Protocol):
    """One setting of `EngineSettings`, of the same meaning for both kinds of engine. None is never told."""

    @property
    def name(self) -> str:
        """Where `EngineSettings` has it; parts of a Struct are separated by dots."""

    @property
    def parameter(self) -> str:
        """Where llama.cpp's `common_params` has it, separated likewise."""

    def flags(self, value: Any) -> list[str]:
        """What a llama-server is told."""

    def converted(self, value: Any, binding: Any) -> Any:
        """What the parameter gets. `binding` is the module xllamacpp, whose numbers for names are looked up."""


class Value(Struct, frozen=True):
    """A number or a text that follows its flag. `convert` makes the parameter of it where that is another value."""

    name: str
    flag: str
    parameter: str
    convert: Callable[[Any], Any] | None = None

    def flags(self, value: Any) -> list[str]:
        return [self.flag, str(value)]

    def converted(self, value: Any, binding: Any) -> Any:
        return value if self.convert is None else self.convert(value)


class Switch(Struct, frozen=True):
    """Yes or no: a flag for either, or none where that is what a llama-server does by itself."""

    name: str
    on: str | None
    off: str | None
    parameter: str
    inverted: bool = False

    def flags(self, value: Any) -> list[str]:
        flag = self.on if value else self.off
        return [flag] if flag else []

    def converted(self, value: Any, binding: Any) -> Any:
        return value is not self.inverted


class Choice(Struct, frozen=True):
    """One of several: by value the word on the command line and the end of its name in the binding's `enum`, whose
    names all begin with `prefix`. A value that is not among `words` is the same word for both."""

    name: str
    flag: str
    parameter: str
    enum: str
    prefix: str
    words: Mapping[Any, tuple[str, str]] = {}

    def flags(self, value: Any) -> list[str]:
        return [self.flag, self._words(value)[0]]

    def converted(self, value: Any, binding: Any) -> Any:
        return getattr(binding, self.enum)[self.prefix + self._words(value)[1]]

    def _words(self, value: Any) -> tuple[str, str]:
        return self.words.get(value) or (value, value.upper())


class Several(Struct, frozen=True):
    """Numbers in one text, separated by commas; the parameter has room for `room` of them."""

    name: str
    flag: str
    parameter: str
    room: int

    def flags(self, value: Any) -> list[str]:
        return [self.flag, ",".join(map(str, value))]

    def converted(self, value: Any, binding: Any) -> Any:
        return [*map(float, value), *[0.0] * (self.room - len(value))]


def value_of(settings: object, name: str) -> Any:
    """What `settings` has under a name with dots; None where a part on the way is None."""
    head, _, rest = name.partition(".")
    value = getattr(settings, head)
    return value if value is None or not rest else value_of(value, rest)


def assign(params: Any, path: str, value: object) -> None:
    """Set a parameter whose path may lead through others."""
    owner, _, name = path.rpartition(".")
    setattr(attrgetter(owner)(params) if owner else params, name, value)
