"""What people and the model say, as text files: one per ability, English beside Portuguese.

In a phrase `[a|b|]` is a choice and `{v}` a slot. Of every list of questions with more than three phrases, the last
sixth (at least one) is kept for the evaluation.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def load(name: str) -> dict[str, Any]:
    """The phrases of one ability."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


def _written(value: Any, language: str) -> Iterator[str]:
    """Every phrase of one language, however deep in the tables."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from inner if key == language else _written(inner, language)
    elif isinstance(value, list):
        for inner in value:
            yield from _written(inner, language)


def vocabulary(language: str) -> list[str]:
    """The words of all phrases in lowercase, sorted."""
    texts = (text for path in HERE.glob("*.toml") for text in _written(load(path.stem), language))
    return sorted({word for text in texts for word in re.findall(r"(?<![{\w])[^\W\d_]{2,}(?![\w}])", text.lower())})
