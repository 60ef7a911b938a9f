"""The methods of a client in another language, from the schema: one for each request, its fields as arguments.

What a request needs comes first, then its options, by position; what may be left out comes by name at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

# Nobody calls them: the client answers functions by itself, and the seeds' channels are other names for requests.
NOT_METHODS = re.compile(r"function_result$|worker:")
# What may be left out and comes by position all the same.
_BY_POSITION = {
    "preload": ("prompt",),
    "abort": ("operationId",),
    "pause": ("operationId",),
    "answer_now": ("operationId",),
    "resume": ("operationId",),
    "abort_download": ("requestId",),
    "download_model": ("requestId",),
    "unload_model": ("modelPath",),
    "quantize_model": ("quantization",),
}
# They take so long that one wants to see how far they are, or to abort them.
_OPERATIONS = {"load_model", "create_context", "initialize_session", "download_model", "embed", "rerank"}
_OPERATIONS |= {"split_model", "merge_model", "edit_metadata", "quantize_model", "convert_model"}
# Not the client's caller but the client fills them in.
_FILLED_IN = {"type", "id", "functions"}


class Method(NamedTuple):
    """`gives`: a generation, the id of one, an operation with progress, a `result`'s value, or the last message."""

    type: str
    name: str
    request: dict[str, Any]
    by_position: tuple[str, ...]
    by_name: tuple[str, ...]
    gives: Literal["generation", "started", "operation", "value", "message"]

    @property
    def fields(self) -> tuple[str, ...]:
        """What is sent, but for a generation's options."""
        sent = self.by_position + self.by_name
        return tuple(name for name in sent if name != "options") if self.generates else sent

    @property
    def generates(self) -> bool:
        return self.gives in ("generation", "started")

    @property
    def signature(self) -> str:
        """Name and arguments, as one writes them."""
        by_name = (f"{{ {', '.join(self.by_name)} }}",) if self.by_name else ()
        return f"{self.name}({', '.join((*self.by_position, *by_name))})"

    @property
    def summary(self) -> str:
        """The first sentence of what is said of the request."""
        return re.split(r"(?<=\.)\s", str(self.request["description"]), maxsplit=1)[0].replace("\n", " ")


def methods(schema: dict[str, Any]) -> Iterator[Method]:
    """In the order of the protocol's documentation."""
    for type, request in requests(schema):
        if not NOT_METHODS.match(type):
            yield _method(type, request)


def requests(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every message to a worker, by its type."""
    return _messages(schema, "Incoming")


def answers(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every message from a worker, by its type."""
    return _messages(schema, "Outgoing")


def _messages(schema: dict[str, Any], direction: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for reference in schema["$defs"][direction]["anyOf"]:
        found = schema["$defs"][reference["$ref"].rsplit("/", 1)[1]]
        yield found["properties"]["type"]["enum"][0], found


def _method(type: str, request: dict[str, Any]) -> Method:
    fields = [name for name in request["properties"] if name not in _FILLED_IN]
    required = [name for name in fields if name in request["required"]]
    first = [*required, *_BY_POSITION.get(type, ()), *(["options"] if "options" in fields else [])]
    rest = tuple(name for name in fields if name not in first)
    return Method(type, _camel(type), request, tuple(first), rest, _gives(type, request))


def _gives(type: str, request: dict[str, Any]) -> Literal["generation", "started", "operation", "value", "message"]:
    if "completion_done" in request["x-ends-with"]:
        return "started" if type == "send_prompt" else "generation"
    if type in _OPERATIONS:
        return "operation"
    return "value" if "x-value" in request else "message"


def _camel(name: str) -> str:
    """`get_chat_history` as JavaScript writes it."""
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)
