"""What the JavaScript client says of the protocol, from the schema: the ends of requests, its methods and their list.

The client stays one file: what is made stands in it between two marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from . import schema
from .methods import Method, answers, methods

ROOT = Path(__file__).parents[1]
CLIENT = "clients/javascript/llama-worker.js"
README = "clients/javascript/README.md"


def files() -> dict[str, str]:
    """The text of each file, by its path from the root of the repository."""
    protocol = schema.schema()
    every = list(methods(protocol))
    client = between("ends", _ends(protocol), (ROOT / CLIENT).read_text(encoding="utf-8"))
    readme = (ROOT / README).read_text(encoding="utf-8")
    return {
        CLIENT: between("methods", "\n".join(map(_code, every)), client),
        README: between("methods", _table(every), readme),
    }


def between(mark: str, made: str, text: str) -> str:
    """`text` with `made` between the lines that hold `<mark>` and `</mark>`."""
    parts = re.split(rf"(?m)(^.*<{mark}>.*\n)(?s:.*?)(^.*</{mark}>.*$)", text)
    if len(parts) != 4:
        raise ValueError(f"expected one <{mark}> and one </{mark}>")
    return parts[0] + parts[1] + made + parts[2] + parts[3]


def _ends(protocol: dict[str, object]) -> str:
    ends = [type for type, message in answers(protocol) if message.get("x-ends-request")]
    failures = [type for type, message in answers(protocol) if message.get("x-failure")]
    return _set("ENDS", ends) + _set("FAILURES", failures)


def _set(name: str, types: list[str]) -> str:
    return "\n".join([f"const {name} = new Set([", *(f'  "{type}",' for type in sorted(types)), "]);", ""])


def _code(method: Method) -> str:
    by_name = f"{{ {', '.join(method.by_name)} }} = {{}}" if method.by_name else ""
    arguments = ", ".join(filter(None, (*method.by_position, by_name)))
    lines = [f"/** {method.summary} */", f"{method.name}({arguments}) {{", f"  return {_body(method)};", "}"]
    return "".join(f"  {line}\n" for line in lines)


def _body(method: Method) -> str:
    fields = f", {{ {', '.join(method.fields)} }}" if method.fields else ""
    asked = f'"{method.type}"{fields}'
    return {
        "generation": f"this._generate({asked}, options)",
        "started": f"this._generate({asked}, options).started",
        "operation": f"this._start({asked})",
        "value": f"this._ask({asked}).then((end) => end.value)",
        "message": f"this._ask({asked})",
    }[method.gives]


def _table(every: list[Method]) -> str:
    return "".join(_rows(every))


def _rows(every: list[Method]) -> Iterator[str]:
    yield "| Method | |\n| --- | --- |\n"
    for method in every:
        yield f"| `{method.signature}` | {method.summary} |\n"
