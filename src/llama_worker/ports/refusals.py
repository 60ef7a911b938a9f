"""Why a message was refused, in the protocol's own words, and what was probably meant."""

from __future__ import annotations

import re
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import fields

from ..errors import InvalidOptionsError, LlamaWorkerError, UnknownMessageError
from ..errors.nearest import did_you_mean
from ..messages import Incoming
from ..options.hints import explain, option_hint, option_names, spelled
from ..options.paths import split_error, struct_at
from ..options.spelling import camel

_FIELD = re.compile(r"(?:missing required|contains unknown) field `(?P<name>.*)`", re.DOTALL)
REQUESTS: dict[str, type[Struct]] = {str(kind.__struct_config__.tag): kind for kind in get_args(Incoming)}
"""The requests by their `type`, in the order of the protocol's documentation."""
SAME_MEANING = (
    frozenset({"model", "modelPath", "modelId", "path", "name"}),
    frozenset({"prompt", "text", "input", "message", "content", "question"}),
    frozenset({"session", "sessionId", "conversation"}),
    frozenset({"functions", "tools"}),
)
"""Fields that are called one thing in one message and another in the next, or elsewhere."""


def refusal(message: dict[str, Any], error: Exception) -> LlamaWorkerError:
    """Why `message` is none that a worker takes, where decoding it raised `error`."""
    kind = message.get("type")
    if not isinstance(kind, str):
        return UnknownMessageError("A message needs a `type`, a text that says which message it is.")
    if kind not in REQUESTS:
        return UnknownMessageError(f"Unknown message type: {kind[:100]}{did_you_mean(kind, REQUESTS)}")
    what, path = split_error(error)
    said = _with_field_hint(what, kind, path) or explain(what, REQUESTS[kind], path, in_message=True)
    if field := _FIELD.search(what):
        given = _as_given(message, path, field["name"])
        said = said.replace(f"field `{field['name']}`", f"field `{given}`", 1)
        path = f"{path}.{given}".lstrip(".")
    where = f"Field {path!r} of {kind} is invalid" if path else f"This {kind} is invalid"
    return InvalidOptionsError(f"{where}: {said}.", path=path or None)


def _with_field_hint(what: str, kind: str, path: str) -> str:
    """For an unknown field of the message itself, which may be an option that is in the wrong place."""
    struct, field = struct_at(REQUESTS[kind], path), _FIELD.search(what)
    if struct is None or field is None or "unknown" not in what or path.endswith("options"):
        return ""
    name, said = field["name"], what[:1].lower() + what[1:]
    options = struct_at(struct, "options")
    if options and name in {camel(option) for option in option_names(options)}:
        return f"{said}: it belongs into `options`"
    if options and (own := spelled(name, option_names(options))):
        return f"{said}: `{camel(own)}` belongs into `options`"
    names = [one.encode_name for one in fields(struct)]
    same = next((names_ & set(names) for names_ in SAME_MEANING if name in names_), None)
    if near := f" (did you mean `{min(same)}`?)" if same else did_you_mean(name, names):
        return said + near
    hint = option_hint(name, options, in_message=True) if options else ""
    return f"{said}{hint}{', in `options`' if hint.startswith(': it is `') else ''}" if options else ""


def _as_given(message: dict[str, Any], path: str, name: str) -> str:
    """A field's name as the sender spelled it, before it was put into camelCase."""
    value: Any = message
    for step in filter(None, path.split(".")):
        value = value.get(step) if isinstance(value, dict) else None
    return next((key for key in map(str, value) if camel(key) == name), name) if isinstance(value, dict) else name
