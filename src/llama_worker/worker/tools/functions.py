"""Functions that a model may call: their descriptions for the model, and from its arguments to a call."""

from __future__ import annotations

import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct

from ...errors import InvalidOptionsError
from ...options.plain import plain
from ..structured.limits import check_schema
from ..structured.schemas import Schema, decode, schema_of
from ..structured.settled import settled
from ..structured.wellformed import check_wellformed

Handler = Callable[..., Any | Awaitable[Any]]
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")


class FunctionDefinition(Struct, frozen=True, kw_only=True):
    """A function described by hand: `params` is the JSON schema of an object.

    `handler` gets the arguments as keywords, and may be async. Without one the answer ends with the call
    (`finish_reason == "tool_calls"`), for somebody else to answer it. Without `needs_approval` it is called though
    `approve` was not asked. `source` names the MCP server that it belongs to, if it does.
    """

    name: str
    description: str = ""
    params: dict[str, Any] | None = None
    handler: Handler | None = None
    needs_approval: bool = True
    source: str = ""


class FunctionSource(ABC):
    """What `functions=[...]` may hold beside functions: somebody who is asked for them when the prompt begins."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What its functions are told apart by from those of others that are called the same."""

    @abstractmethod
    async def functions(self) -> list[FunctionDefinition]:
        """Those that it has now; whatever must be started for that is started. Raises `LlamaWorkerError`."""

    @property
    @abstractmethod
    def held(self) -> bool:
        """Whether whoever made it will also close it."""

    @abstractmethod
    async def close(self) -> None:
        """End what was started. Twice is harmless, and it can be used again."""


Given = Callable[..., Any] | FunctionDefinition | Mapping[str, Any]
Functions = Iterable[Given | FunctionSource] | Mapping[str, Any]


class Function(Struct, frozen=True):
    """A function, ready: `arguments` is the type of its arguments, `Any` where only the schema is known."""

    name: str
    description: str
    schema: Schema
    handler: Handler | None
    arguments: Any = Any
    needs_approval: bool = True
    source: str = ""

    @property
    def tool(self) -> dict[str, Any]:
        """The definition in the field's usual form."""
        function = {"name": self.name, "description": self.description, "parameters": self.schema}
        return {"type": "function", "function": function}

    def read_arguments(self, text: str) -> dict[str, Any]:
        """The keywords of a call. Raises ValueError, which says what is wrong with them."""
        values = decode(self.arguments, text)
        if isinstance(values, Struct):
            return {name: getattr(values, name) for name in values.__struct_fields__}
        if not isinstance(values, dict):
            raise ValueError("the arguments must be an object")
        missing = [name for name in self.schema.get("required", ()) if name not in values]
        if missing:
            raise ValueError(f"the argument {missing[0]!r} is missing")
        return values


def split_sources(functions: Functions) -> tuple[Functions, tuple[FunctionSource, ...]]:
    """The functions that are known already, and who is to be asked for others."""
    if isinstance(functions, Mapping | str | bytes) or not isinstance(functions, Iterable):
        return functions, ()
    given = list(functions)
    sources = tuple(each for each in given if isinstance(each, FunctionSource))
    return [each for each in given if not isinstance(each, FunctionSource)], sources


def read_functions(functions: Functions) -> dict[str, Function]:
    """By name, whatever way they were given: callables, `FunctionDefinition`s, the field's usual definitions, or
    {name: {description, params, handler}}. Raises `InvalidOptionsError`."""
    if isinstance(functions, Mapping):
        read = [_named(name, value) for name, value in functions.items()]
    elif isinstance(functions, Iterable) and not isinstance(functions, str | bytes):
        read = [_read(function, f"functions[{index}]") for index, function in enumerate(functions)]
    else:
        raise InvalidOptionsError("Functions must be a list of callables or definitions.", path="functions")
    check_schema([function.schema for function in read], "functions")
    for function in read:
        check_wellformed(function.schema, f"functions[{function.name!r}]")
    by_name = {function.name: msgspec.structs.replace(function, schema=settled(function.schema)) for function in read}
    if len(by_name) != len(read):
        raise InvalidOptionsError("Two functions have the same name.", path="functions")
    return by_name


def _named(name: str, value: Any) -> Function:
    path = f"functions[{name!r}]"
    if isinstance(value, Mapping):
        return _read({"name": name, **value}, path)
    return msgspec.structs.replace(_read(value, path), name=name)


def _read(given: Any, path: str) -> Function:
    if isinstance(given, FunctionDefinition):
        function = _from_definition(given, path)
    elif isinstance(given, Mapping):
        function = _from_definition(_definition(given, path), path)
    elif callable(given):
        function = _from_callable(given, path)
    else:
        raise InvalidOptionsError(f"{path} is neither a callable nor a definition.", path=path)
    told = plain({"description": function.description, "params": function.schema}, path)
    return msgspec.structs.replace(function, description=told["description"], schema=told["params"])


def _definition(given: Mapping[str, Any], path: str) -> FunctionDefinition:
    function = given.get("function", given) if given.get("type", "function") == "function" else given
    fields = dict(function) if isinstance(function, Mapping) else {}
    fields["params"] = fields.pop("parameters", None) or fields.get("params")
    fields = {key: value for key, value in fields.items() if value is not None and key not in ("type", "strict")}
    try:
        return FunctionDefinition(**fields)
    except TypeError as error:
        raise InvalidOptionsError(f"{path} is not a function definition: {error}.", path=path) from error


def _from_definition(given: FunctionDefinition, path: str) -> Function:
    if not isinstance(given.name, str) or not _NAME.fullmatch(given.name):
        raise InvalidOptionsError(f"{path} has an unusable name {given.name!r}.", path=path)
    if given.handler is not None and not callable(given.handler):
        raise InvalidOptionsError(f"The handler of function {given.name!r} cannot be called.", path=path)
    schema = given.params or {"type": "object", "properties": {}}
    if not isinstance(schema, dict) or not isinstance(given.description, str):
        raise InvalidOptionsError(f"{path} is not a function definition.", path=path)
    function = Function(given.name, given.description, schema, given.handler)
    return msgspec.structs.replace(function, needs_approval=given.needs_approval, source=given.source)


def _from_callable(function: Callable[..., Any], path: str) -> Function:
    name = getattr(function, "__name__", type(function).__name__)
    if not _NAME.fullmatch(name):
        raise InvalidOptionsError(f"{path} needs a name: use a FunctionDefinition for a lambda.", path=path)
    arguments = _arguments_type(name, function, path)
    schema = schema_of(arguments, path)
    schema.pop("title", None)
    description, of_arguments = _read_docstring(inspect.getdoc(function) or "")
    for argument, text in of_arguments.items():
        if argument in schema.get("properties", {}):
            schema["properties"][argument] = {**schema["properties"][argument], "description": text}
    return Function(name, description, schema, function, arguments)


def _arguments_type(name: str, function: Callable[..., Any], path: str) -> Any:
    """A Struct with a field for each parameter; a parameter without a type may be anything."""
    try:
        hints = get_type_hints(_typed(function), include_extras=True)
    except (NameError, TypeError) as error:
        raise InvalidOptionsError(f"The types of function {name!r} cannot be read: {error}.", path=path) from error
    fields: list[Any] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            message = f"Function {name!r} has a parameter {parameter.name!r} that a model cannot give by name."
            raise InvalidOptionsError(message, path=path)
        field = (parameter.name, hints.get(parameter.name, Any))
        default = () if parameter.default is parameter.empty else (_default(parameter.default),)
        fields.append((*field, *default))
    return msgspec.defstruct(name, fields, kw_only=True, forbid_unknown_fields=True)


def _typed(function: Any) -> Any:
    """Where the types of a callable are written."""
    return function if inspect.isroutine(function) else type(function).__call__


def _default(value: Any) -> Any:
    return msgspec.field(default_factory=lambda: value) if isinstance(value, list | dict | set) else value


def _read_docstring(text: str) -> tuple[str, dict[str, str]]:
    """The description, and that of each parameter in a section "Args:" (Google's style)."""
    description, _, section = text.partition("\nArgs:\n")
    arguments: dict[str, str] = {}
    name = ""
    for line in section.splitlines():
        if line.strip() and not line.startswith((" ", "\t")):
            break
        if match := re.match(r"\s{2,8}(\w+)(?:\s*\([^)]*\))?:\s*(.+)", line):
            name = match[1]
            arguments[name] = match[2].strip()
        elif name and line.strip():
            arguments[name] += " " + line.strip()
    summary = re.split(r"\n(?:Returns|Raises|Yields|Examples?):\n", description)[0]
    return " ".join(summary.split()), arguments
