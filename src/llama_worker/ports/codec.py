"""Between bytes and messages. Decoding is validating, and what is refused is answered in the protocol's own words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec import Struct, ValidationError, convert, json, to_builtins

from ..errors import InvalidMessageError, InvalidOptionsError
from ..errors.general import printable
from ..messages import ErrorMessage, Id, Incoming, Outgoing
from ..options import ALIASES
from ..options.plain import MESSAGE_DEPTH, check_texts, half_in_json
from ..options.spelling import camel
from ..worker.reporting import error_message
from .refusals import REQUESTS, refusal

MAX_MESSAGE_BYTES = 64 * 2**20 - 1

_decode_incoming: Callable[[bytes | bytearray | str], Incoming] = json.Decoder(Incoming).decode
_decode_outgoing: Callable[[bytes | str], Outgoing] = json.Decoder(Outgoing).decode
_to_incoming: Callable[[Any], Incoming] = partial(convert, type=Incoming)
_encode = json.Encoder().encode


REQUEST_TYPES = tuple(REQUESTS)


def encode(message: Outgoing | Incoming) -> bytes:
    """One message as JSON on one line, without the line's end; what JSON cannot write of a text is escaped."""
    try:
        return _encode(message)
    except UnicodeEncodeError:  # the path of a file whose name is no text
        return _encode(_printable(to_builtins(message)))


def decode_answer(data: bytes | str) -> Outgoing:
    """A message out of a worker; raises InvalidMessageError when it is none."""
    try:
        return _decode_outgoing(data)
    except (ValueError, RecursionError) as error:
        raise InvalidMessageError(f"The worker sent something that is no message: {error}.") from error


def decode_request(data: bytes | bytearray | str) -> Incoming | ErrorMessage:
    """A message to a worker, or the error that answers it, under its id where it has one."""
    try:
        return _decode_incoming(data)
    except (ValueError, RecursionError) as error:
        return _second_try(data, error)


def convert_request(message: Any) -> Incoming | ErrorMessage:
    """As `decode_request`, for a message that is plain Python values already."""
    try:
        check_texts(message, depth=MESSAGE_DEPTH)
    except InvalidOptionsError as error:
        return error_message(error, _salvage_id(message))
    try:
        return message if isinstance(message, Struct) else _to_incoming(message)  # type: ignore[return-value]
    except (ValueError, RecursionError) as error:
        return _renamed_or_refused(message, error)


def _second_try(data: bytes | bytearray | str, error: Exception) -> Incoming | ErrorMessage:
    try:
        message = json.decode(data)
    except (ValueError, RecursionError):
        if halved := half_in_json(data):
            return error_message(halved[1], _salvage_id(halved[0]))
        return error_message(InvalidMessageError("This is not a message: one JSON object is expected."))
    return _renamed_or_refused(message, error)


def _renamed_or_refused(message: Any, error: Exception) -> Incoming | ErrorMessage:
    if not isinstance(message, dict):
        return error_message(InvalidMessageError("This is not a message: one JSON object is expected."))
    renamed = _in_our_words(message)
    if renamed != message:
        try:
            return _to_incoming(renamed)
        except ValidationError as still:
            error = still
    return error_message(refusal(message, error), _salvage_id(message))


def _in_our_words(message: dict[str, Any]) -> dict[str, Any]:
    """node-llama-cpp's other names replaced, in the message or its payload; and `functions` taken out of `options`."""
    renamed: dict[str, Any] = dict(message)
    if isinstance(payload := message.get("payload"), dict):
        renamed["payload"] = _in_our_words(payload)
    options = renamed.get("options")
    if isinstance(renamed.get("payload"), dict) or not isinstance(options, dict):
        return renamed
    renamed["options"] = {camel(str(ALIASES.get(name, name))): value for name, value in options.items()}
    if "functions" in options and "functions" not in renamed:
        renamed["functions"] = renamed["options"].pop("functions")
    return renamed


def _salvage_id(message: Any) -> Id | None:
    id = message.get("id") if isinstance(message, dict) else getattr(message, "id", None)
    try:
        check_texts(id)
        return convert(id, Id | None)  # type: ignore[no-any-return]
    except (ValidationError, InvalidOptionsError):
        return None


def _printable(value: Any) -> Any:
    if isinstance(value, dict):
        return {_printable(key): _printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_printable(item) for item in value]
    return printable(value) if isinstance(value, str) else value
