"""What messages are made of."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, get_args

from msgspec import Meta, Struct

PROTOCOL_VERSION = 1
"""Grows when a program written for the version before would no longer be understood."""

Id = Annotated[str, Meta(min_length=1, max_length=256)] | Annotated[int, Meta(ge=-(2**53), le=2**53)]
Name = Annotated[str, Meta(min_length=1, max_length=4096)]
RequestId = Annotated[Id, Meta(description="Chosen by the sender; comes back in every message that answers this one.")]
ModelRef = Annotated[
    Name, Meta(description="A loaded model's `modelId`, name or path. Default: the one that came last on this port.")
]
SessionRef = Annotated[Name, Meta(description="A `sessionId`. Default: the session that came last on this port.")]
OperationRef = Annotated[Name, Meta(description="An `operationId`, as chunks and `operation_started` carry it.")]
RequestRef = Annotated[Id, Meta(description="The `id` (of a download also the `requestId`) of an earlier request.")]
ChosenSession = Annotated[Name, Meta(description="An id for the new session. Default: the worker makes one up.")]
Role = Literal["system", "user", "assistant", "tool"]
_TEXT = {"type": "string"}
_PARTS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "type": {"enum": ["text", "image_url", "input_audio"]},
            "text": _TEXT,
            "image_url": {"type": "object", "properties": {"url": _TEXT}, "required": ["url"]},
            "input_audio": {"type": "object", "properties": {"data": _TEXT, "format": _TEXT}, "required": ["data"]},
        },
        "required": ["type"],
    },
}
Content = Annotated[
    str | list[dict[str, Any]],
    Meta(
        title="Content",
        description="Text, or parts as OpenAI has them: `text`, `image_url` (a `data:` URL), `input_audio` (base64).",
        extra_json_schema={"anyOf": [_TEXT, _PARTS]},
    ),
]
ChatMessage = Annotated[
    dict[str, Any],
    Meta(
        title="ChatMessage",
        description="`{role, content}`, role one of system, user, assistant, tool; the fields of tool calls as usual.",
        extra_json_schema={
            "properties": {
                "role": {"enum": list(get_args(Role))},
                "content": {"anyOf": [_TEXT, _PARTS, {"type": "null"}]},
                "name": _TEXT,
                "tool_calls": {"type": "array", "items": {"type": "object"}},
                "tool_call_id": _TEXT,
                "reasoning_content": _TEXT,
            },
            "required": ["role", "content"],
            "additionalProperties": False,
        },
    ),
]


def _wire_name(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name.removesuffix("Message")).lower()


class HubFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A file of a Hugging Face repository; without `file` the repository's usual quantization."""

    repo: Name
    file: Name | None = None
    revision: Name | None = None


ModelPath = Annotated[
    Name | HubFile,
    Meta(title="ModelPath", description='`"builtin"`, a file, `hf:org/repo[:quant]`, a URL, or `{repo, file}`.'),
]


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel", tag_field="type", tag=_wire_name):
    """Base of all messages."""

    id: RequestId | None = None


class LastMessage(Message, frozen=True, kw_only=True):
    """Base of the messages that end a request: nothing comes after one under its id."""
