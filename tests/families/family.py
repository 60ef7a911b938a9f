"""A family of models, and how its model file comes about."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from .architectures import ARCHITECTURES
from .sources import TEMPLATES
from .vocabularies import vocabulary_keys
from .writing import write_model

_CONTROL = re.compile(r"<\|[^|<>\s']+\|>|<｜[^｜<>\s']+｜>|\[/?[A-Z][A-Z_]{2,}\]|<(?:start|end)_of_turn>")
_WORDS = re.compile(r"</?(?:think|tool_call|tool_response|TOOLCALL)>")


class Family(Struct, frozen=True):
    """What its models consist of.

    `vocabulary` is one of llama.cpp's, the nearest there is; the marks that the template writes are added to it as
    control tokens. `template` is the name of one, or a text; models without one are for embeddings. `end` is the token
    that ends an answer.
    """

    name: str
    architecture: str
    vocabulary: str
    template: str = ""
    end: str = ""

    @property
    def slug(self) -> str:
        """The name as part of a file's."""
        return re.sub(r"[^a-z0-9.]+", "-", self.name.lower().replace("+", "-plus"))

    @property
    def chats(self) -> bool:
        """Whether it answers; else it gives embeddings."""
        return bool(self.template)

    def template_text(self) -> str:
        """The chat template."""
        if not self.template or "{%" in self.template:
            return self.template
        return (TEMPLATES / f"{self.template}.jinja").read_text()

    def write(self, folder: Path) -> Path:
        """Its model file, the same each time."""
        template = self.template_text()
        special = tuple(sorted({*_CONTROL.findall(template), *([self.end] if self.end else [])}))
        words = tuple(sorted(set(_WORDS.findall(template))))
        keys, tokens = vocabulary_keys(self.vocabulary, special, words, self.end)
        architecture = ARCHITECTURES[self.architecture]
        return write_model(folder / f"{self.slug}.gguf", architecture, keys, tokens, template)
