"""Every text of a message or of a function's definition, changed by one rule, wherever it stands.

Not only contents are rendered: names, ids, roles, the arguments of calls and the keys in them are, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .special_texts import SpecialTexts

Change = Callable[[str, str], str]
"""Gives a text as it is to be; told the text and the path to it."""


def changed(value: Any, change: Change, path: str) -> Any:
    """`value` with every text in it changed, keys too; the same object where nothing is."""
    if isinstance(value, str):
        return _text(value, change, path)
    if isinstance(value, list):
        items = [changed(item, change, f"{path}[{index}]") for index, item in enumerate(value)]
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    if isinstance(value, dict):
        return _object(value, change, path)
    return value


def apart(parts: list[Any], texts: SpecialTexts) -> list[Any]:
    """The parts of one content, so that no special token comes about where they meet."""
    before, result = "", []
    for part in parts:
        if isinstance(part, dict) and isinstance(text := part.get("text"), str):
            part = part if (parted := texts.parted(before, text)) is text else {**part, "text": parted}
            before += part["text"]
        result.append(part)
    return result


def _object(value: dict[str, Any], change: Change, path: str) -> dict[str, Any]:
    same, result = True, {}
    for key, item in value.items():
        where = f"{path}.{key}"
        new_key = change(key, where) if isinstance(key, str) else key
        result[new_key] = new = changed(item, change, where)
        same = same and new is item and new_key is key
    return value if same else result


def _text(text: str, change: Change, path: str) -> str:
    """A text that is JSON is also looked at as what it means: templates are given the arguments of calls decoded, and
    an escape can hide a name (`<\\/s>`)."""
    new = change(text, path)
    if "\\" not in new or not new.lstrip().startswith(("{", "[", '"')):
        return new
    try:
        value = json.loads(new)
    except (ValueError, RecursionError):
        return new
    meant = changed(value, change, path)
    return new if meant is value else json.dumps(meant, ensure_ascii=False)
