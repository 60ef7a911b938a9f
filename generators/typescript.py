"""The protocol in TypeScript, from the schema: messages, options, objects, and the client's methods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import json

from . import schema
from .methods import Method, answers, methods, requests

_HEAD = """/** The protocol's types; made by `python -m generators` from docs/protocol.schema.json, do not edit. */
import type * as client from "./llama-worker.js";
"""
_LONGEST_LINE = 116
_ENDS = """/** A `result` whose value is known. */
export type ResultOf<Value> = Omit<Result, "value"> & { value: Value };

/** What a request of a type takes. */
export type FieldsOf<Type extends keyof Requests> = Omit<Requests[Type]["request"], "type" | "id">;

/** What a request of a type ends with. */
export type EndOf<Type extends keyof Requests> = Requests[Type]["end"];
"""


def files() -> dict[str, str]:
    """The text of each file, by its path from the root of the repository."""
    protocol = schema.schema()
    parts = [
        _HEAD,
        *(_union(direction, protocol) for direction in ("Incoming", "Outgoing")),
        *(_interface(found) for found in protocol["$defs"].values() if "properties" in found),
        *(_named(found) for found in titled(protocol).values()),
        _requests(protocol),
        _ENDS,
        _methods(protocol),
    ]
    return {"clients/javascript/protocol.d.ts": "\n".join(parts)}


def titled(found: Any) -> dict[str, dict[str, Any]]:
    """What has a name without being one of `$defs`, however deep."""
    inner = found.values() if isinstance(found, dict) else found if isinstance(found, list | tuple) else ()
    names = {name: kind for one in inner for name, kind in titled(one).items()}
    if isinstance(found, dict) and isinstance(found.get("title"), str) and "$schema" not in found:
        names[found["title"]] = found
    if isinstance(found, dict) and "$defs" in found:
        return {name: kind for name, kind in names.items() if name not in found["$defs"]}
    return names


def type_text(kind: dict[str, Any], *, named: bool = True) -> str:
    """A type as TypeScript writes it."""
    match kind:
        case {"$ref": reference}:
            return str(reference).rsplit("/", 1)[1]
        case {"title": title} if named:
            return str(title)
        case {"enum": values}:
            return " | ".join(json.encode(value).decode() for value in values).replace("false | true", "boolean")
        case {"anyOf": members}:
            return " | ".join(dict.fromkeys(type_text(member) for member in members))
        case {"prefixItems": items}:
            return f"[{', '.join(map(type_text, items))}]"
        case {"type": "array", "items": items}:
            text = type_text(items)
            return f"({text})[]" if " | " in text else f"{text}[]"
        case {"type": "object"}:
            values = kind.get("additionalProperties") or {}
            return f"Record<string, {type_text(values)}>"
    name = str(kind.get("type", "unknown"))
    return "number" if name == "integer" else name


def _union(direction: str, protocol: dict[str, Any]) -> str:
    members = "".join(f"\n  | {type_text(member)}" for member in protocol["$defs"][direction]["anyOf"])
    way = "to" if direction == "Incoming" else "from"
    return f"/** Every message {way} a worker. */\nexport type {direction} ={members};\n"


def _named(found: dict[str, Any]) -> str:
    if "properties" in found:
        return _interface(found)
    return f"{_comment(found['description'])}export type {found['title']} = {type_text(found, named=False)};\n"


def _interface(found: dict[str, Any]) -> str:
    fields = "".join(_field(name, kind, found) for name, kind in found["properties"].items())
    return f"{_comment(found['description'])}export interface {found['title']} {{\n{fields}}}\n"


def _field(name: str, kind: dict[str, Any], owner: dict[str, Any]) -> str:
    needed = name in owner["required"]
    return f"{_comment(_about(kind), '  ')}  {name}{'' if needed else '?'}: {_field_type(kind, owner, needed)};\n"


def _field_type(kind: dict[str, Any], owner: dict[str, Any], needed: bool) -> str:
    """A worker leaves out what it does not know and never says null for it; to a worker one may."""
    takes_null = needed or owner.get("additionalProperties") is False
    if takes_null or "anyOf" not in kind:
        return type_text(kind)
    return type_text({**kind, "anyOf": [member for member in kind["anyOf"] if member != {"type": "null"}]})


def _about(kind: dict[str, Any]) -> str:
    """Description, range and default of a field."""
    default = kind.get("default")
    told = default is not None and default not in ((), [], {}, "")
    parts = [*_descriptions(kind), _range(kind), f"Default: `{json.encode(default).decode()}`." if told else ""]
    return " ".join(dict.fromkeys(filter(None, parts)))


def _descriptions(kind: dict[str, Any]) -> Iterator[str]:
    if "title" not in kind and "description" in kind:
        yield kind["description"]
    for member in kind.get("anyOf", ()):
        yield from _descriptions(member)


def _range(kind: dict[str, Any]) -> str:
    """Of what is a number or nothing."""
    members = [member for member in kind.get("anyOf", [kind]) if member != {"type": "null"}]
    if len(members) != 1:
        return ""
    words = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}
    ends = [f"{word} {members[0][name]:.10g}" for name, word in words.items() if name in members[0]]
    return " ".join(ends).capitalize() + "." if ends else ""


def _comment(text: str, indent: str = "") -> str:
    """A doc comment, or nothing."""
    lines = text.replace("*/", "*\\/").splitlines()
    if len(lines) <= 1:
        return "".join(f"{indent}/** {line} */\n" for line in lines)
    inner = "".join(re.sub(r" +$", "", f"{indent} * {line}") + "\n" for line in lines)
    return f"{indent}/**\n{inner}{indent} */\n"


def _requests(protocol: dict[str, Any]) -> str:
    ended = dict(answers(protocol))
    lines = "".join(
        f'  "{type}": {{ request: {request["title"]}; end: {_end(request, ended)} }};\n'
        for type, request in requests(protocol)
    )
    return f"/** Each type of request, and what it ends with. */\nexport interface Requests {{\n{lines}}}\n"


def _end(request: dict[str, Any], ended: dict[str, dict[str, Any]]) -> str:
    """Its last messages where it ends well."""
    good = [ended[type] for type in request["x-ends-with"] if not ended[type].get("x-failure")]
    value = f"ResultOf<{type_text(request['x-value'])}>" if "x-value" in request else "Result"
    return " | ".join(value if message["title"] == "Result" else message["title"] for message in good)


def _methods(protocol: dict[str, Any]) -> str:
    ended = dict(answers(protocol))
    lines = "".join(f"{_comment(one.summary, '  ')}  {_method(one, ended)};\n" for one in methods(protocol))
    return f"/** A method for each request. */\nexport interface Methods {{\n{lines}}}\n"


def _method(method: Method, ended: dict[str, dict[str, Any]]) -> str:
    arguments = [_argument(name, method) for name in method.by_position]
    if method.by_name:
        fields = (f"{name}?: {_argument_type(name, method)}" for name in method.by_name)
        arguments.append(f"more?: {{ {'; '.join(fields)} }}")
    text = f"{method.name}({', '.join(arguments)}): {_returned(method, ended)}"
    if len(text) <= _LONGEST_LINE:
        return text
    listed = "".join(f"    {argument},\n" for argument in arguments)
    return f"{method.name}(\n{listed}  ): {_returned(method, ended)}"


def _argument(name: str, method: Method) -> str:
    optional = "" if name in method.request["required"] else "?"
    return f"{name}{optional}: {_argument_type(name, method)}"


def _argument_type(name: str, method: Method) -> str:
    if name == "options" and method.generates:
        return "client.PromptOptions" if "functions" in method.request["properties"] else "client.TextOptions"
    return _field_type(method.request["properties"][name], method.request, needed=False)


def _returned(method: Method, ended: dict[str, dict[str, Any]]) -> str:
    end = _end(method.request, ended)
    return {
        "generation": "client.Generation",
        "started": "Promise<string>",
        "operation": f"client.Operation<{end}, number>",
        "value": f"Promise<{type_text(method.request.get('x-value', {}))}>",
        "message": f"Promise<{end}>",
    }[method.gives]
