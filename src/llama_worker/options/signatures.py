"""Keyword arguments that are options, listed by name in a method's signature, for `help` and for notebooks."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import cache
from types import FunctionType
from typing import Any, TypeVar

from msgspec import NODEFAULT, Struct

Kind = TypeVar("Kind", bound=type)
Function = TypeVar("Function", bound=Callable[..., Any])


def lists_options(kind: Kind) -> Kind:
    """A class whose methods take `options` or `**changes: Unpack[Keywords]`, with those keywords in their signatures.

    The types are the TypedDict's, the defaults those of the Struct that `options` is.
    """
    for method in list(vars(kind).values()):
        if isinstance(method, FunctionType) and "Unpack[" in str(method.__annotations__.get("changes")):
            list_options(method)
    return kind


def with_defaults(**defaults: Any) -> Callable[[Function], Function]:
    """A method whose options have other defaults than their Struct has."""

    def note(function: Function) -> Function:
        function.option_defaults = defaults  # type: ignore[attr-defined]
        return function

    return note


def list_options(function: Function) -> Function:
    """As `lists_options`, for one function."""
    struct, keywords = (_named(function, parameter) for parameter in ("options", "changes"))
    own = inspect.signature(function)
    given = [_readable(one) for one in own.parameters.values() if one.name != "changes"]
    names = {parameter.name for parameter in given}
    defaults = getattr(function, "option_defaults", {})
    options = [
        one.replace(default=defaults.get(one.name, one.default))
        for one in _parameters(struct, keywords)
        if one.name not in names
    ]
    listed = inspect.Signature([*given, *options], return_annotation=_Words(own.return_annotation))
    function.__signature__ = listed  # type: ignore[attr-defined]
    return function


class _Words(str):
    """A type as it is written, which `help` then shows without quotes."""

    def __repr__(self) -> str:
        return str(self)


def _readable(parameter: inspect.Parameter) -> inspect.Parameter:
    annotation = parameter.annotation
    return parameter.replace(annotation=_Words(annotation)) if isinstance(annotation, str) else parameter


def _named(function: Callable[..., Any], parameter: str) -> Any:
    """What a parameter's annotation names: "PromptOptions | None", "Unpack[PromptKeywords[Parsed]]"."""
    annotation = str(function.__annotations__[parameter])
    name = annotation.removeprefix("Unpack[").replace("]", "[").partition("[")[0].partition(" ")[0]
    return function.__globals__[name]


@cache
def _parameters(struct: type[Struct], keywords: Any) -> tuple[inspect.Parameter, ...]:
    defaults = dict(_defaults(struct))
    return tuple(
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=defaults.get(name),
            annotation=_Words(getattr(kind, "__forward_arg__", kind)),
        )
        for name, kind in keywords.__annotations__.items()
    )


def _defaults(struct: type[Struct]) -> Iterator[tuple[str, Any]]:
    with_default = struct.__struct_fields__[-len(struct.__struct_defaults__) :]
    for name, default in zip(with_default, struct.__struct_defaults__, strict=True):
        if default is not NODEFAULT:
            yield name, default.factory() if hasattr(default, "factory") else default
