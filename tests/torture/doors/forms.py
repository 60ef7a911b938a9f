"""Hostile options, grammars and schemas for a completion or a chat in Python; each is a file of JSON."""

from __future__ import annotations

import json
import random
import re
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.costs import grammar_limits as shapes
from msgspec import inspect

from llama_worker.options import PromptOptions
from tests.worker.structured.hostile import FIELDS

from ..corpus.recipes import Recipe
from .typed import spoiled, well_typed

TIMES = 40
# At the largest sizes that are allowed, or a little below: these must be answered.
AT_THE_LIMIT: dict[str, dict[str, Any]] = {
    "nested": shapes.nested(199),
    "alternatives": shapes.alternatives(1500),
    "rules": shapes.rules(900),
    "repeated text": shapes.repeated_text(1500),
    "repetitions": shapes.repetitions(20),
    "text": shapes.text_bytes(250_000),
    "enum": shapes.enum(1900),
    "properties": shapes.properties(290),
    "any of": shapes.any_of(240),
    "deep objects": shapes.deep_objects(40),
    "items": shapes.min_items(1900),
    "lengths": shapes.many_lengths(40),
    "pattern": shapes.pattern(2),
    "multiple": shapes.multiple_of(1003),
    "long name": shapes.long_name(250),
    "biases": shapes.bias_by_name(4900),
}


def form_recipes(seed: int) -> list[Recipe]:
    found = [
        Recipe(
            f"any/options {kind}/{method} {number}", partial(_options, method, f"{seed} {number}", kind), door=method
        )
        for kind in ("at the ends", "beyond")
        for method in ("complete", "chat")
        for number in range(TIMES)
    ]
    forms = {"hostile": FIELDS, "at the limit": AT_THE_LIMIT}
    for kind, fields in forms.items():
        for name, form in fields.items():
            renamed = {"token_bias" if key == "logit_bias" else key: value for key, value in form.items()}
            found += [
                Recipe(f"any/forms {kind}/{name} {method}", partial(_form, renamed), door=method)
                for method in ("complete", "chat")
            ]
    return found


def _options(method: str, seed: str, kind: str, folder: Path) -> Path:
    chance = random.Random(f"options {method} {kind} {seed}")
    options = _in_pythons_words(well_typed(inspect.type_info(PromptOptions), chance))
    few = {name: options[name] for name in chance.sample(list(options), min(len(options), chance.randint(1, 6)))}
    if kind == "beyond":
        few |= {(name := chance.choice([*few, "never_heard_of"])): spoiled(few.get(name), chance)}
    longest = options.get("max_tokens")
    return _written(few | {"max_tokens": 16 if longest is None else min(longest, 16)}, folder)


def _in_pythons_words(options: dict[str, Any]) -> dict[str, Any]:
    """Names as keyword arguments have them."""
    return {
        re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name): (
            _in_pythons_words(value) if isinstance(value, dict) else value
        )
        for name, value in options.items()
    }


def _form(form: dict[str, Any], folder: Path) -> Path:
    return _written(form | {"max_tokens": 4}, folder)


def _written(value: Any, folder: Path) -> Path:
    path = folder / "options.json"
    path.write_text(json.dumps(value))
    return path
