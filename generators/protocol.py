"""The protocol's document, from the types.

The words about the whole are here, those about a message are its
docstring, those about a field its type's description or the docstring's sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path
from typing import get_args

from msgspec import NODEFAULT, Struct, inspect, json

from llama_worker import errors, options
from llama_worker.messages import (
    CHANNELS,
    ENDS,
    Incoming,
    Outgoing,
    Request,
    replies,
)

from .schema import prose, wire_type

FLOWS = Path(__file__).parents[1] / "docs" / "flows.md"

INTRODUCTION = """# The protocol

Made by `python -m generators` from the types in `src/llama_worker/messages/` and `options/`; do not edit.
The same as a JSON Schema: `protocol.schema.json`; its `x-ends-with` and `x-value` say how a request ends.

A worker is driven by messages: JSON objects whose `type` says what they are. The same messages go over every port:

| Port | Message | From |
| --- | --- | --- |
| `llama-worker stdio` | one line, ended by a newline | any language that can start a process |
| WebSocket | one text frame | browsers, other machines |
| in-process | the object itself | Python |

## Rules

- **Ids.** A request may carry an `id` (text or integer); every message that answers it carries the same `id`. An id may
  be used again after its request has ended; while it is in use, another request with it is refused without an id.
- **One end.** Each request gets exactly one last message, and nothing after it under that id: the message that the
  tables name, or `error` (of a download `download_error`).
- **Progress** never falls, and where a request ends well it reaches 1.0 before the end.
- **Abort.** A generation that is aborted ends with `completion_done`, `finishReason: "abort"` and the text so far;
  anything else that is aborted ends with the error code `aborted`.
- **At the same time.** Requests with an id are answered at the same time and their messages mix. What works on the
  current model, context or session waits for the requests before it that choose these; a request that names its `model`
  or `session` does not.
- **Without an id** requests are answered one after the other, as their answers could not be told apart, and `info`
  messages tell what happens, as in the original. `abort`, `pause`, `resume`, `answer_now`, `abort_download`,
  `function_result` and `cleanup` never wait.
- **What is wrong changes nothing.** A message that cannot be read is answered with `error` under its id if it has one,
  and the next message is read. A line may have up to 64 MiB - 1 bytes.
- **A slow reader** slows only its own answers: text that it has not read yet comes in larger pieces.
- **The end of the input** of `llama-worker stdio`: what was asked is answered, then the process and its engines end.
  When nobody reads its output any more, or at SIGTERM or SIGINT, they end at once.
- **A shared worker** (WebSocket): each connection has its own current model, context and sessions and begins with the
  newest model. What a connection asked for is aborted when it ends. `cleanup` ends only what is the connection's.
  Refused are `engineArguments`, and options of a model that name a file of the worker's machine: a path as `projector`,
  `draftModel`, `chatTemplate` or in `loras`.

The first message of a worker is an `info` that it is ready. An engine that dies while it serves nobody is told by an
`error` without an id.
"""

STREAMED = ", after `progress` and `completion_chunk`"
# What is said of the last message beside its name, where its type does not tell.
ABOUT_ENDS = {
    "load_model": ", after `progress`",
    "create_context": "; with `progress` where the engine has to start again",
    "send_prompt": ", after `operation_started`, `progress` and `completion_chunk`",
    "preload": " with an empty text, after `progress`",
    "abort": ": whether there was something to abort",
    "pause": ": whether there was something to pause",
    "answer_now": ": whether there was a generation",
    "resume": ": whether there was something to resume",
    "download_model": ", after `download_progress`",
    "convert_model": ": what was made, after `file_progress`",
    "quantize_model": ": what was made, after `file_progress`",
    "abort_download": ": whether there was a download",
    "get_chat_history": ": a list of `{role, content, ...}`",
    "get_context_window": ": a list of `{role, content, ...}`",
    "count_tokens": ": the number",
    "tokenize": ": a list of token ids",
    "detokenize": ": the text",
    "rerank": ": `{index, score}` of each, after `progress`",
    "embed": ": a vector for each text, after `progress`",
    "cleanup": ", after every other request has ended",
    "worker:initialize": ": the first as for `init`, the second, after `progress`, where there is a `modelPath`",
}


def files() -> dict[str, str]:
    """The text of each file, by its path from the root of the repository."""
    return {"docs/protocol.md": document()}


def document() -> str:
    parts = [
        INTRODUCTION,
        "## To a worker\n",
        *(message(kind, end_text(kind)) for kind in get_args(Incoming)),
        "## From a worker\n",
        *(message(kind) for kind in get_args(Outgoing)),
        "## Objects\n",
        *(structure(kind) for kind in carried_kinds()),
        "## Options\n\nEvery option may be left out. Python's names are the same in snake_case.\n",
        *(structure(kind) for kind in option_kinds()),
        "## Errors\n\nDecide by the code; the message is for people.\n",
        error_table(),
        "## Flows\n\n`>` is sent, `<` comes back. Ids of operations, models and sessions are shortened.\n",
        FLOWS.read_text(),
    ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def option_kinds() -> Iterator[type[Struct]]:
    """Those that messages carry."""
    not_sent = (options.Options, options.ServerOptions)
    for name in options.__all__:
        kind = getattr(options, name)
        if isinstance(kind, type) and issubclass(kind, options.Options) and kind not in not_sent:
            yield kind


def carried_kinds() -> list[type[Struct]]:
    """What messages and results carry that is neither a message nor options, in the order in which it is met."""
    messages = [*get_args(Incoming), *get_args(Outgoing)]
    told_elsewhere = {*messages, *option_kinds()}
    met: dict[type[Struct], None] = {}
    for kind in (*messages, *(value for _, value in ENDS.values() if value is not None)):
        _note(inspect.type_info(kind), met)
    return [kind for kind in met if kind not in told_elsewhere]


def _note(kind: inspect.Type, met: dict[type[Struct], None]) -> None:
    if isinstance(kind, inspect.StructType):
        if kind.cls in met:
            return
        met[kind.cls] = None
    for part in _parts(kind):
        _note(part, met)


def _parts(kind: inspect.Type) -> Iterator[inspect.Type]:
    match kind:
        case inspect.StructType(fields=fields):
            yield from (field.type for field in fields)
        case inspect.UnionType(types=types) | inspect.TupleType(item_types=types):
            yield from types
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item) | inspect.Metadata(type=item):
            yield item
        case inspect.DictType(value_type=value):
            yield value


def message(kind: type[Struct], end: str = "") -> str:
    """One message: what it is for, its fields, how it is answered."""
    lines = [f"### `{wire_type(kind)}`\n", prose(kind) + "\n"]
    if end:
        lines.append(f"Ends {end}.\n")
    return "\n".join([*lines, *table(kind, without={"id"})])


def end_text(kind: type[Request]) -> str:
    """How a request ends, in words."""
    if request := CHANNELS.get(kind):
        return f"as `{wire_type(request)}`"
    messages, value = ENDS[kind]
    about = f": {type_text(inspect.type_info(value))}" if value is not None else ""
    about = STREAMED if messages == (replies.CompletionDone,) else about
    return f"with {_either(messages)}{ABOUT_ENDS.get(wire_type(kind), about)}"


def _either(kinds: tuple[type[Struct], ...]) -> str:
    return " or ".join(f"`{wire_type(kind)}`" for kind in kinds)


def structure(kind: type[Struct]) -> str:
    return "\n".join([f"### {kind.__name__}\n", prose(kind) + "\n", *table(kind, without=set())])


def table(kind: type[Struct], without: set[str]) -> list[str]:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    fields = sorted(info.fields, key=lambda field: not field.required)
    rows = [row(field) for field in fields if field.encode_name not in without]
    return ["| Field | Type | Default | |", "| --- | --- | --- | --- |", *rows, ""] if rows else []


def row(field: inspect.Field) -> str:
    text = " ".join(_descriptions(field.type))
    return f"| `{field.encode_name}` | {type_text(field.type)} | {default_text(field)} | {text} |"


def default_text(field: inspect.Field) -> str:
    if field.required:
        return "required"
    if field.default_factory is not NODEFAULT:
        return f"`{json.encode(field.default_factory()).decode()}`"
    if field.default is None:
        return ""
    return f"`{json.encode(field.default).decode()}`"


def _descriptions(kind: inspect.Type) -> Iterator[str]:
    if isinstance(kind, inspect.Metadata):
        if text := (kind.extra_json_schema or {}).get("description"):
            yield text.replace("|", "\\|")
        yield from _descriptions(kind.type)
    if isinstance(kind, inspect.UnionType):
        for member in kind.types:
            yield from _descriptions(member)


def type_text(kind: inspect.Type) -> str:
    """A type in words."""
    match kind:
        case inspect.Metadata(type=inner):
            return type_text(inner)
        case inspect.UnionType(types=types):
            return " or ".join(dict.fromkeys(type_text(member) for member in types if not _is_none(member)))
        case inspect.StructType(cls=cls):
            return f"[{cls.__name__}](#{cls.__name__.lower()})"
        case inspect.LiteralType(values=values):
            return ", ".join(f"`{json.encode(value).decode()}`" for value in sorted(values, key=str))
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return f"list of {type_text(item)}"
        case inspect.DictType(key_type=key, value_type=value):
            plain = isinstance(_bare(value), inspect.AnyType)
            return "object" if plain else f"object of {type_text(key)} to {type_text(value)}"
        case inspect.TupleType(item_types=items):
            return "[" + ", ".join(type_text(item) for item in items) + "]"
    return _scalar_text(kind)


def _scalar_text(kind: inspect.Type) -> str:
    match kind:
        case inspect.IntType():
            return "integer" + _range(kind)
        case inspect.FloatType():
            return "number" + _range(kind)
        case inspect.StrType(pattern=pattern):
            return f"text like `{pattern}`" if pattern else "text"
        case inspect.BoolType():
            return "true or false"
        case inspect.NoneType():
            return "null"
    return "any value"


def _range(kind: inspect.IntType | inspect.FloatType) -> str:
    lower = [f"from {kind.ge:g}"] if kind.ge is not None else [f"above {kind.gt:g}"] if kind.gt is not None else []
    upper = [f"to {kind.le}"] if kind.le is not None else [f"below {kind.lt}"] if kind.lt is not None else []
    return " ".join(["", *lower, *upper]) if lower or upper else ""


def _bare(kind: inspect.Type) -> inspect.Type:
    return _bare(kind.type) if isinstance(kind, inspect.Metadata) else kind


def _is_none(kind: inspect.Type) -> bool:
    return isinstance(_bare(kind), inspect.NoneType)


def error_table() -> str:
    rows = [
        f"| `{kind.code}` | `{kind.__name__}` | {cleandoc(kind.__doc__ or '').splitlines()[0]} |"
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.LlamaWorkerError) and "code" in vars(kind)
    ]
    return "\n".join(["| Code | In Python | |", "| --- | --- | --- |", *rows, ""])
