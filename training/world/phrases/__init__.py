"""What people and the model say, as text files: one per ability, English beside Portuguese.

In a phrase `[a|b|]` is a choice and `{v}` a slot. Of every list of questions with more than three phrases, the last
sixth (at least one) is kept for the evaluation.
"""

import tomllib
from pathlib import Path
from typing import Any


def load(name: str) -> dict[str, Any]:
    """The phrases of one ability."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))
