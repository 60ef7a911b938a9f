"""docs/settings.md: every option with its type, range and default, from the Structs themselves."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

from msgspec import NODEFAULT, Struct, inspect

from llama_worker.options import ContextOptions, LlamaOptions, ModelOptions, PromptOptions, SessionOptions
from llama_worker.options.server import ServerOptions

PATH = "docs/settings.md"
_HEAD = """# Settings

Made by `python -m generators`, do not edit. Every option, as Python names it; in messages and JavaScript the names are
camelCase (`maxTokens`), in [`llama-worker.toml`](guide/configuration.md) and after `-o` they are these.
[Options](guide/options.md) explains them one by one, with examples.
"""
_TABLES: tuple[tuple[str, type[Struct], type[Struct] | None], ...] = (
    ("Of a worker: `LlamaWorker(...)`", LlamaOptions, None),
    ("Of a context: `create_context(...)`", ContextOptions, None),
    ("Of a model: `load_model(...)`", ModelOptions, ContextOptions),
    ("Of a session: `create_session(...)`", SessionOptions, None),
    ("Of a prompt: `prompt(...)`, `chat(...)`, `complete(...)`, `infill(...)`", PromptOptions, None),
    ("Of a server: `create_app(...)`, `llama-worker serve`", ServerOptions, None),
)


def files() -> dict[str, str]:
    """The document."""
    return {PATH: "\n".join([_HEAD, *(line for table in _TABLES for line in _section(*table))]).rstrip() + "\n"}


def _section(title: str, kind: type[Struct], base: type[Struct] | None) -> Iterator[str]:
    yield f"## {title}\n"
    if base is not None:
        yield "Those of a context too, and:\n"
    yield cleandoc(kind.__doc__ or "").replace("<", "&lt;") + "\n"
    yield "| Option | Type | Default |\n| --- | --- | --- |"
    inherited = set(base.__struct_fields__) if base else set()
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    for field in info.fields:
        if field.name not in inherited:
            yield f"| `{field.name}` | {_told(field.type).replace('|', chr(92) + '|')} | {_default(field)} |"
    yield ""


def _told(kind: inspect.Type) -> str:
    """A type in words, with its range."""
    if isinstance(kind, inspect.UnionType):
        return " or ".join(_told(each) for each in kind.types if not isinstance(each, inspect.NoneType))
    if isinstance(kind, inspect.Metadata):
        return _told(kind.type)
    if isinstance(kind, inspect.LiteralType):
        return ", ".join(f"`{value!r}`" for value in kind.values)
    if isinstance(kind, inspect.StructType):
        return f"`{kind.cls.__name__}`"
    if isinstance(kind, (inspect.ListType, inspect.VarTupleType, inspect.CollectionType)):
        return f"list of {_told(kind.item_type)}"
    if isinstance(kind, inspect.DictType):
        return f"dict of {_told(kind.key_type)} to {_told(kind.value_type)}"
    return _NAMES.get(type(kind), "any") + _range(kind)


_NAMES: dict[type[inspect.Type], str] = {
    inspect.BoolType: "bool",
    inspect.IntType: "int",
    inspect.FloatType: "float",
    inspect.StrType: "str",
}
_NO_BOUND = 2**31 - 1  # what a machine can hold
_BOUNDS = (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<"))


def _range(kind: Any) -> str:
    bounds = [(sign, getattr(kind, name, None)) for name, sign in _BOUNDS]
    told = [
        f"{sign.replace('<', '&lt;')} {value:,}" for sign, value in bounds if value is not None and value < _NO_BOUND
    ]
    return f" {', '.join(told)}" if told else ""


def _default(field: inspect.Field) -> str:
    if field.default_factory is not NODEFAULT:
        return f"`{field.default_factory()!r}`"
    if field.default in (None, NODEFAULT):
        return ""
    number = isinstance(field.default, int) and not isinstance(field.default, bool)
    return f"`{field.default:_}`" if number else f"`{field.default!r}`"
