"""What the page may be given for a prompt's options: the ranges of the schema, as attributes of number inputs."""

from __future__ import annotations

from typing import Any

from msgspec import json

from . import schema

_HEAD = """/** The ranges of a prompt's numbers; made by `python -m generators`, do not edit. */

export const LIMITS = {
"""


def files() -> dict[str, str]:
    """The text of each file, by its path from the root of the repository."""
    options = schema.schema()["$defs"]["PromptOptions"]["properties"]
    lines = [f"  {name}: {_written(limits)},\n" for name, option in options.items() if (limits := _limits(option))]
    return {"src/llama_worker/http/page/limits.js": "".join([_HEAD, *lines, "};\n"])}


def _limits(option: dict[str, Any]) -> dict[str, Any]:
    """A number's smallest and largest value and its step; nothing where it is no number.

    Inputs cannot exclude a value: what may not be reached is refused by the worker.
    """
    for kind in option.get("anyOf", [option]):
        if kind.get("type") in ("integer", "number"):
            lowest = kind.get("minimum", kind.get("exclusiveMinimum"))
            highest = kind.get("maximum", kind.get("exclusiveMaximum"))
            limits = {"min": lowest, "max": highest, "step": 1 if kind["type"] == "integer" else "any"}
            return {name: limit for name, limit in limits.items() if limit is not None}
    return {}


def _written(limits: dict[str, Any]) -> str:
    values = (f"{name}: {json.encode(_plain(limit)).decode()}" for name, limit in limits.items())
    return f"{{ {', '.join(values)} }}"


def _plain(limit: Any) -> Any:
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit
