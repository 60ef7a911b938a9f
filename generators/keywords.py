"""Keyword arguments as editors and type checkers see them: a TypedDict for each option Struct.

Ranges are the Structs' business and are checked when a call is made; what is written here is the type alone, and wider
than the Struct's where more is taken: a list for a tuple, a dictionary for a Struct within.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from llama_worker.options import (
    ContextOptions,
    LlamaOptions,
    ModelOptions,
    Options,
    PromptOptions,
    ServerOptions,
    SessionOptions,
)

_HEAD = '''"""The options as keyword arguments; made by `python -m generators`, do not edit.

What each of them means, and its range, is said at the Struct of that name in this folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

from .mcp import McpServerOptions
from .model import Rope
from .sampling import DryRepeatPenalty, DynamicTemperature, LogitBias, Mirostat, RepeatPenalty, Xtc
'''

# What is taken is wider than what is kept, or says more in other words.
_BIAS = "float | Literal['never'] | LogitBias | Mapping[str, float]"
_IN_OTHER_WORDS = {
    # One mapping and not one for each kind of key: among several, mypy does not find the one that a dictionary is.
    "chat_template": "str | os.PathLike[str] | None",
    "journal": "str | os.PathLike[str] | None",
    "lora": "Mapping[str, float] | None",
    "loras": "Mapping[str, str | os.PathLike[str]]",
    "draft_model": "str | os.PathLike[str] | None",
    "state_cache": "bool | str | os.PathLike[str]",
    "mcp_servers": "Mapping[str, McpServerOptions | Mapping[str, Any]]",
    "token_bias": f"Mapping[Any, {_BIAS}] | Sequence[tuple[int | str, {_BIAS}]]",
}
_ELSEWHERE = {"overflow"}  # a function for it gets what this room knows nothing of


_KINDS: list[tuple[type[Options], type[Options] | None, str]] = [
    (LlamaOptions, None, "LlamaKeywords"),
    (ContextOptions, None, "ContextKeywords"),
    (ModelOptions, ContextOptions, "ModelKeywords"),
    (PromptOptions, None, "PromptOptionKeywords"),
    (SessionOptions, None, "SessionOptionKeywords"),
    (ServerOptions, None, "ServerKeywords"),
]


def files() -> dict[str, str]:
    """The text of each file, by its path from the root of the repository."""
    parts = [_HEAD, *(_typed_dict(kind, base, name) for kind, base, name in _KINDS)]
    return {"src/llama_worker/options/keywords.py": "\n".join(parts)}


def _typed_dict(kind: type[Struct], base: type[Struct] | None, name: str) -> str:
    parent = "ContextKeywords" if base else "TypedDict"
    inherited = set(base.__struct_fields__) if base else set()
    lines = [f"class {name}({parent}, total=False):", f'    """`{kind.__name__}`."""', ""]
    lines += [f"    {field}: {text}" for field, text in _fields(kind) if field not in inherited]
    return "\n".join(lines) + "\n"


def _fields(kind: type[Struct]) -> Iterator[tuple[str, str]]:
    for name, annotation in get_type_hints(kind).items():
        if name in kind.__struct_fields__ and name not in _ELSEWHERE:
            yield name, _IN_OTHER_WORDS.get(name) or _written(annotation)


def _written(annotation: Any) -> str:
    """A type as one writes it."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return " | ".join(_written(argument) for argument in arguments)
    if origin is Literal:
        return f"Literal[{', '.join(repr(argument) for argument in arguments)}]"
    if origin is tuple:
        item = _written(arguments[0])
        return f"list[{item}] | tuple[{item}, ...]"
    if origin is dict:
        return f"dict[{', '.join(map(_written, arguments))}]"
    if isinstance(annotation, type) and issubclass(annotation, Options):
        return f"{annotation.__name__} | dict[str, Any]"
    if annotation is Any:
        return "Any"
    if annotation is type(None):
        return "None"
    return str(annotation.__name__)
