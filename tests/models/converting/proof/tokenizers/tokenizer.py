"""What a tokenizer is to a checkpoint: files, and how many tokens there are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct


class Added(Struct, frozen=True):
    """A token beside the vocabulary: a special one is never part of a text."""

    text: str
    place: int
    special: bool = True

    def entry(self) -> dict[str, Any]:
        """As `added_tokens_decoder` has it."""
        flags = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False}
        return {"content": self.text, **flags, "special": self.special}


class Tokenizer(Struct, frozen=True):
    """Files by their names, the tokens that were added, and what tokenizer_config.json says beside them."""

    files: Mapping[str, bytes]
    added: tuple[Added, ...]
    settings: Mapping[str, Any]
    size: int

    def write(self, folder: Path, template: str) -> None:
        """The files of a repository that concern the tokenizer; newer ones have the template in a file of its own."""
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        decoder = {str(token.place): token.entry() for token in self.added}
        config = {"added_tokens_decoder": decoder, **self.settings}
        if template:
            config["chat_template"] = template
        (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2))


def tokenizer_json(model: Mapping[str, Any], added: tuple[Added, ...], **parts: Any) -> bytes:
    """The file of the tokenizers library."""
    empty = {"truncation": None, "padding": None}
    tokens = [{"id": token.place, **token.entry()} for token in added]
    pipeline = {"normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None} | parts
    return json.dumps({"version": "1.0", **empty, "added_tokens": tokens, **pipeline, "model": model}).encode()


def template_processing(first: Added, last: Added | None = None, *, between: int = 1) -> dict[str, Any]:
    """What is put around a text; with `last`, so many of them stand between two texts, else the first one again."""

    def special(token: Added) -> dict[str, Any]:
        return {"SpecialToken": {"id": token.text, "type_id": 0}}

    one, other = ({"Sequence": {"id": name, "type_id": place}} for place, name in enumerate("AB"))
    ends = [special(last)] if last else []
    single = [special(first), one, *ends]
    pair = [special(first), one, *(ends * between if last else [special(first)]), other, *ends]
    around = [first, last] if last else [first]
    tokens = {token.text: {"id": token.text, "ids": [token.place], "tokens": [token.text]} for token in around}
    return {"type": "TemplateProcessing", "single": single, "pair": pair, "special_tokens": tokens}


def json_text(value: Any) -> bytes:
    """As repositories have it: indented, with every letter as itself."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode()
