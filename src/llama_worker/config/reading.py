"""Reads a configuration file; a mistake is told with its place."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from ..errors import ConfigurationError, InvalidOptionsError
from ..errors.nearest import did_you_mean
from ..options import LlamaOptions, ModelOptions, OptionsType, PromptOptions, ServerOptions, build_options
from ..options.hints import hint_among, option_names
from ..options.plain import MAX_DEPTH, check_texts, expanded
from .configuration import Configuration, Listening
from .named_model import PROMPT_DEFAULTS, NamedModel
from .paths import absolute
from .persona import Persona
from .places import Place, first_deep_key, place_of, places_in

_SECTIONS = ("worker", "server", "models", "personas")
_LARGEST_FILE = 1 << 20
_SYNTAX = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")
_LONG_NUMBER = re.compile(r"\d[\d_]{4299,}")
_SECRET = re.compile(r"((api|hf|auth|access)[_-]?)?(key|token|password|secret)s?", re.IGNORECASE)


def load_config(path: str | os.PathLike[str]) -> Configuration:
    """The configuration in a TOML file.

    Raises `ConfigurationError`, whose sentence begins with file, line and column, for what is not TOML, a key that does
    not exist and a value that cannot be.
    """
    file = _located(path)
    try:
        with file.open("rb") as opened:
            data = opened.read(_LARGEST_FILE + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL, or what no encoding of names has
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigurationError(f"Cannot read {str(file)!r}: {why}.", file=str(file)) from error
    if len(data) > _LARGEST_FILE:
        raise ConfigurationError(f"{file} is larger than {_LARGEST_FILE} bytes.", file=str(file))
    return _Reader(file, data).read()


def _located(path: str | os.PathLike[str]) -> Path:
    try:
        return expanded(path).absolute()
    except OSError as error:
        raise ConfigurationError(f"Cannot read {path}: {error.strerror}.", file=str(path)) from error


class _Reader:
    def __init__(self, file: Path, data: bytes) -> None:
        self._file = file
        self._places: dict[tuple[str, ...], Place] = {}
        try:
            text = data.decode("utf-8-sig").replace("\r\n", "\n")
            deep = first_deep_key(text, MAX_DEPTH)
            self._read = tomllib.loads(text) if deep is None else {}
            check_texts(self._read)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self._fail(f"is no UTF-8 text: {error.reason}", Place(line, 1))
        except tomllib.TOMLDecodeError as error:
            self._fail_syntax(str(error), text)
        except (RecursionError, InvalidOptionsError):
            self._fail("is nested too deeply", Place(1, 1))
        except ValueError as error:  # of a whole number with more digits than Python reads
            found = _LONG_NUMBER.search(text)
            self._fail(
                f"this is no TOML: {str(error).partition(';')[0]}", place_of(text, found.start() if found else 0)
            )
        if deep is not None:  # reading it would take time as the square of its parts
            self._fail(f"a key has more than {MAX_DEPTH} parts", place_of(text, deep))
        self._places = places_in(text)

    def read(self) -> Configuration:
        for name, value in self._read.items():
            if name not in _SECTIONS:
                self._fail_at((name,), f"there is no [{name}] here{did_you_mean(name, _SECTIONS)}: {_ABOUT}")
            if not isinstance(value, dict):
                self._fail_at((name,), f"[{name}] is a table")
        server = dict(self._read.get("server", {}))
        listening = {name: server.pop(name) for name in option_names(Listening) & server.keys()}
        return Configuration(
            path=self._file,
            worker=self._options(LlamaOptions, ("worker",), self._read.get("worker", {})),
            server=self._options(ServerOptions, ("server",), server, Listening),
            listening=self._options(Listening, ("server",), listening),
            models=self._models(self._read.get("models", {})),
            personas={name: self._persona(name, table) for name, table in self._read.get("personas", {}).items()},
        )

    def _models(self, tables: Mapping[str, Any]) -> dict[str, NamedModel]:
        models: dict[str, NamedModel] = {}
        for name, table in tables.items():
            models[name] = self._model(name, table)
            twins = [other for other in models if models[other].model == models[name].model]
            if len(twins) > 1:
                self._fail_at(("models", name, "model"), f"[models.{twins[0]}] is the same model; a model has one name")
        return models

    def _model(self, name: str, table: Any) -> NamedModel:
        at = ("models", name)
        if not name.strip():
            self._fail_at(at, "a model needs a name: [models.NAME]")
        if not isinstance(table, dict):
            self._fail_at(at, f"[models.{name}] is a table, with `model` and options")
        said = dict(table)
        model, warm_up, prompt = said.pop("model", None), said.pop("warm_up", False), said.pop("prompt", {})
        if not isinstance(model, str) or not model:
            place = (*at, "model") if "model" in table else at
            self._fail_at(place, f'`model` of [models.{name}] is missing, or no text: a path, or "hf:org/repo:Q4_K_M"')
        if not isinstance(warm_up, bool):
            self._fail_at((*at, "warm_up"), "`warm_up` is true or false")
        if not isinstance(prompt, dict):
            self._fail_at((*at, "prompt"), f"[models.{name}.prompt] is a table")
        self._check_defaults((*at, "prompt"), prompt)
        return NamedModel(
            model=self._absolute(at, "model", model),
            options=self._options(ModelOptions, at, said, NamedModel),
            prompt=self._options(PromptOptions, (*at, "prompt"), prompt),
            warm_up=warm_up,
        )

    def _persona(self, name: str, table: Any) -> Persona:
        at = ("personas", name)
        if not name.strip():
            self._fail_at(at, "a persona needs a name: [personas.NAME]")
        if not isinstance(table, dict):
            self._fail_at(at, f"[personas.{name}] is a table, with `system_prompt`, `template` and options")
        said = dict(table)
        template = said.pop("template", None)
        if template is not None and (not isinstance(template, str) or not template.strip()):
            self._fail_at((*at, "template"), "`template` is a text, with {input} where what is asked about belongs")
        self._check_defaults(at, said)
        return Persona(template=template, prompt=self._options(PromptOptions, at, said, Persona))

    def _check_defaults(self, at: tuple[str, ...], said: Mapping[str, Any]) -> None:
        for option in said.keys() & option_names(PromptOptions) - PROMPT_DEFAULTS:
            self._fail_at((*at, option), f"`{option}` is no default for requests: each says it for itself")

    def _options(
        self, kind: type[OptionsType], at: tuple[str, ...], said: Mapping[str, Any], *also: type[Any]
    ) -> OptionsType:
        """Options out of a table, where `also` has more keys."""
        for name in said:
            if name not in option_names(kind):
                if _SECRET.fullmatch(name):
                    self._fail_at((*at, name), f"`{name}`: no secret belongs into this file; `api_key_file` names one")
                hint = hint_among(name, (kind, *also))
                self._fail_at((*at, name), f"there is no `{name}` in [{'.'.join(at)}]{hint}")
        given = {name: self._absolute(at, name, value) for name, value in said.items()}
        try:
            return build_options(kind, None, given)
        except InvalidOptionsError as error:
            inside = tuple(re.sub(r"\[.*?\]", "", error.path or "").split("."))
            self._fail_at((*at, *inside), error.message.rstrip("."), error)

    def _absolute(self, at: tuple[str, ...], name: str, value: Any) -> Any:
        try:
            return absolute(name, value, self._file.parent)
        except OSError as error:
            self._fail_at((*at, name), f"`{name}` has a path that cannot be: {error.strerror}", error)

    def _fail_syntax(self, said: str, text: str) -> NoReturn:
        found = _SYNTAX.search(said)
        line, column = (found["line"], found["column"]) if found else (None, None)
        place = Place(int(line), int(column)) if line and column else Place(text.count("\n") + 1, 1)
        self._fail(f"this is no TOML: {_SYNTAX.sub('', said)}", place)

    def _fail_at(self, path: tuple[str, ...], said: str, cause: Exception | None = None) -> NoReturn:
        """Names the place of the key, or of the nearest table around it."""
        known = next((path[:end] for end in range(len(path), 0, -1) if path[:end] in self._places), ())
        self._fail(said, self._places.get(known, Place(1, 1)), ".".join(path), cause)

    def _fail(self, said: str, place: Place, path: str | None = None, cause: Exception | None = None) -> NoReturn:
        raise ConfigurationError(
            f"{self._file}:{place.line}:{place.column}: {said}.",
            path=path,
            file=str(self._file),
            line=place.line,
            column=place.column,
        ) from cause


_ABOUT = "there are [worker], [server], [models.NAME] and [personas.NAME]"
