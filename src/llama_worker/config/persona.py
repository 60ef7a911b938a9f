"""What one often wants of a model, under a name of its own: who it is to be, and what it is to do with a text."""

from __future__ import annotations

from msgspec import Struct

from ..options import PromptOptions

INPUT = "{input}"


class Persona(Struct, frozen=True, kw_only=True):
    """`template` is what is asked, with `{input}` where the text belongs; `prompt` how it is answered, system prompt
    included."""

    template: str | None = None
    prompt: PromptOptions = PromptOptions()

    def asks(self, text: str | None) -> str | None:
        """What is asked about `text`: below the template when that has no place for it."""
        if self.template is None or (text is None and INPUT in self.template):
            return text
        if INPUT in self.template:
            return self.template.replace(INPUT, text or "")
        return f"{self.template}\n\n{text}" if text else self.template
