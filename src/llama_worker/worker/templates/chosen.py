"""The chat template that a caller chose: a text, a file, or one that llama.cpp has under a name.

It is read here and looked at nowhere: what it does when it is rendered, it does to the engine process.
"""

from __future__ import annotations

import asyncio

from msgspec import Struct

from ...engine.template_names import JINJA_NAMES, LLAMA_CPP_NAMES
from ...errors import InvalidOptionsError
from ...errors.nearest import nearest
from ...models.gguf.header import GgufHeader
from ...options.plain import expanded

LARGEST = 1 << 20
"""Bytes of a template; the largest in use have some 20 KB."""
_JINJA = ("{{", "{%")


class ChatTemplate(Struct, frozen=True):
    """`text` is the template, or its name where llama.cpp has it `built_in`; `jinja`: it can present functions and
    tell reasoning, which most of llama.cpp's own can not. Without a text it is the model file's."""

    text: str = ""
    built_in: bool = False
    jinja: bool = True


OWN_TEMPLATE = ChatTemplate()
"""The model file's."""


def template_source(header: GgufHeader, chosen: ChatTemplate) -> str:
    """The sources of all templates that a model may be rendered with: one for functions may stand apart. Empty where
    it is code."""
    if chosen.text:
        return "" if chosen.built_in else chosen.text
    keys = (key for key in header.metadata if key.startswith("tokenizer.chat_template"))
    return "\n".join(text for key in keys if (text := header.text(key)))


async def read_template(chosen: str | None) -> ChatTemplate:
    """What the option `chat_template` means. Raises `InvalidOptionsError`."""
    if chosen is None:
        return OWN_TEMPLATE
    if chosen in LLAMA_CPP_NAMES:
        return ChatTemplate(chosen, built_in=True, jinja=chosen in JINJA_NAMES)
    if not _is_jinja(chosen):
        chosen = await asyncio.to_thread(_read, chosen)
    return ChatTemplate(_checked(chosen))


def names_a_file(chosen: str) -> bool:
    """Whether that is neither a template's text nor a name of llama.cpp's; nothing is read for it."""
    return chosen not in LLAMA_CPP_NAMES and not _is_jinja(chosen)


def _is_jinja(text: str) -> bool:
    return any(mark in text for mark in _JINJA)


def _checked(text: str) -> str:
    if len(text.encode()) > LARGEST:
        raise _refusal(f"The chat template is larger than {LARGEST} bytes.")
    return text


def _read(name: str) -> str:
    """A file's text. One without anything of Jinja in it is none, whatever else it is."""
    try:
        path = expanded(name)
        if path.exists() and not path.is_file():  # a pipe would be waited for, and a device has no end
            raise ValueError("it is no file")
        with path.open("rb") as file:
            text = file.read(LARGEST + 1).decode()
    except FileNotFoundError as error:
        near = nearest(name, LLAMA_CPP_NAMES)
        hint = f" Did you mean {near!r}?" if near else ""
        raise _refusal(
            f"There is no chat template {name!r}: give the text of one, the path of a file, or a name that llama.cpp "
            f"knows, such as 'chatml'.{hint}"
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise _refusal(f"The chat template {name!r} cannot be read: {reason}.") from error
    if not _is_jinja(text):
        raise _refusal(f"{name!r} is no chat template: nothing of Jinja is in it, neither {{{{ nor {{%.")
    return text


def _refusal(message: str) -> InvalidOptionsError:
    return InvalidOptionsError(message, path="chat_template")
