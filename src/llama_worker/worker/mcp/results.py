"""What an MCP server's tool gave, as what a function gives: texts, images and sounds."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from ...errors import InvalidMediaError
from ..media.values import Audio, Image
from ..structured.schemas import encode
from ..tools.toolbox import FunctionFailed

if TYPE_CHECKING:
    from mcp.types import CallToolResult

MOST_CHARACTERS = 100_000
"""Of the text of one result; a longer one is cut, and the model is told so."""
Piece = str | Image | Audio


def given(result: CallToolResult) -> str | list[Piece]:
    """Raises `FunctionFailed` with the tool's own words when it failed."""
    pieces = [_piece(block) for block in result.content]
    if not pieces and result.structured_content is not None:
        pieces = [encode(result.structured_content)]
    texts = [piece for piece in pieces if isinstance(piece, str)]
    if result.is_error:
        raise FunctionFailed(_cut("\n".join(texts)) or "the tool failed and does not say why")
    if len(texts) == len(pieces):
        return _cut("\n".join(texts))
    return [_cut(piece) if isinstance(piece, str) else piece for piece in pieces]


def _piece(block: Any) -> Piece:
    match block.type:
        case "text":
            return str(block.text)
        case "image" | "audio":
            return _media(block.data, block.mime_type)
        case "resource_link":
            about = f", {block.description}" if block.description else ""
            return f"[resource {block.name}: {block.uri}{about}]"
        case "resource":
            return _resource(block.resource)
    return f"[{block.type}, which cannot be shown]"


def _resource(resource: Any) -> Piece:
    if (text := getattr(resource, "text", None)) is not None:
        return f"[resource {resource.uri}]\n{text}"
    kind = resource.mime_type or "of an unknown kind"
    if kind.startswith(("image/", "audio/")):
        return _media(resource.blob, kind)
    return f"[resource {resource.uri}: {kind}, {len(resource.blob) * 3 // 4} bytes]"


def _media(data: str, kind: str) -> Piece:
    """Their bytes are checked, whatever the server says that they are."""
    try:
        found = base64.b64decode(data, validate=True)
        return Audio(found) if kind.startswith("audio/") else Image(found)
    except (InvalidMediaError, binascii.Error, ValueError):
        return f"[{kind} that cannot be read]"


def _cut(text: str) -> str:
    left = len(text) - MOST_CHARACTERS
    return text if left <= 0 else f"{text[:MOST_CHARACTERS]}\n[{left} more characters were cut off]"
