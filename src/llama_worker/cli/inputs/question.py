"""What `run` asks: its argument, what is piped in, and files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from ...config.persona import Persona
from ...worker.media.values import Audio, Content, ContentPart, Image
from ..output.texts import on_terminal
from .standard_input import STDIN, StandardInput
from .texts import joined, text_of

_MEDIA_PROMPT = "Describe this."


def question(
    prompt: str | None,
    files: Sequence[Path],
    media: Sequence[ContentPart],
    persona: Persona,
    stdin: StandardInput,
    *,
    piped: bool = True,
) -> Content | None:
    """The files, what was piped in, and the prompt below them, as the persona asks about it; None for a chat.

    Standard input is looked at when it is a pipe or a file, unless something else is made of it or not `piped`. Raises
    `click.UsageError` when there is nothing to ask.
    """
    texts = [(str(path), text_of(path, stdin)) for path in files]
    own = None if prompt == STDIN else prompt
    if prompt == STDIN:
        own = stdin.text("the prompt").strip()
    elif piped and not stdin.taken and stdin.is_piped:
        texts.append(("standard input", stdin.text("read beside the prompt" if prompt else "the prompt")))
    elif not (own or texts or media) and not _can_chat():
        own = _typed(persona, stdin)
    text = persona.asks(joined(texts, own) or None)
    if not text and media:
        text = _MEDIA_PROMPT
    return [text, *media] if text and media else text


def picture(name: str, stdin: StandardInput) -> Image:
    """Raises `InvalidMediaError` for what is none."""
    return Image(stdin.data("an image") if name == STDIN else name)


def sound(name: str, stdin: StandardInput) -> Audio:
    """Raises `InvalidMediaError` for what is none."""
    return Audio(stdin.data("a sound") if name == STDIN else name)


def _can_chat() -> bool:
    return on_terminal(sys.stdin) and on_terminal(sys.stdout)


def _typed(persona: Persona, stdin: StandardInput) -> str | None:
    """A prompt that is typed, where the answer goes into a file."""
    if persona.asks(None):
        return None
    if not on_terminal(sys.stdin):
        raise click.UsageError("There is nothing to answer: give a PROMPT, or pipe a text in.")
    return stdin.text("the prompt").strip()
