"""Keeps special tokens out of what a model is given to read, but for those that its chat template writes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

from msgspec import Struct, structs

from ...engine.api.media import modality_of
from ...errors import InvalidModelError, InvalidOptionsError
from ...messages.values import ToolCall
from ...models.gguf.header import GgufHeader
from ...models.gguf.special_tokens import SpecialTokens, read_special_tokens
from ..media.readable import check_readable
from ..templates.chosen import OWN_TEMPLATE, ChatTemplate, template_source
from .borders import Borders
from .policy import Policy
from .reasoning import ReasoningMarks
from .special_texts import SpecialTexts
from .walk import apart, changed

Texts = TypeVar("Texts", bound=Mapping[str, Any])
# Of the tokens that a model's maker added, those that are written like one: others are words and white space.
_MARK = re.compile(r"[<\[]\S+[>\]]", re.DOTALL)
_SURELY_MARK = re.compile("<[|\uff5c].*>|<.*[|\uff5c]>", re.DOTALL)


class ContentGuard(Struct, frozen=True):
    """For one model: what its vocabulary and its chat template make special, and what it reads beside text."""

    texts: SpecialTexts
    reasoning: ReasoningMarks
    modalities: tuple[str, ...] = ()
    template: str = ""
    """The source of the chat template that all this was learned from; empty where it is code."""

    def messages(self, messages: Sequence[Texts], policy: Policy) -> list[Texts]:
        """The messages as they may be rendered; those in which nothing is special are the same objects.

        Raises `InvalidOptionsError` naming the message and the text, where the policy is to refuse, and
        `MediaNotSupportedError` for an image or a sound that the model cannot read.
        """
        check_readable(messages, self.modalities)
        return [self._message(message, policy, f"messages[{at}]") for at, message in enumerate(messages)]

    def tools(self, tools: Iterable[dict[str, Any]], policy: Policy) -> tuple[dict[str, Any], ...]:
        """Definitions of functions likewise: their descriptions are rendered, and may be others' work."""
        return tuple(_treated(tool, self.texts, policy.content, f"tools[{at}]") for at, tool in enumerate(tools))

    def calls(self, calls: Iterable[ToolCall], policy: Policy) -> tuple[ToolCall, ...]:
        """What a model wants called, in the words of the program: names that it read broken and repeats are whole."""
        if policy.content == "allow":
            return tuple(calls)
        return tuple(
            structs.replace(
                call,
                name=self.texts.mended(call.name),
                arguments=changed(call.arguments, lambda text, _: self.texts.mended(text), "arguments"),
            )
            for call in calls
        )

    def body(self, body: dict[str, Any], policy: Policy) -> dict[str, Any]:
        """A request over HTTP likewise, in the words of the engine's endpoints; one without messages stays as it is."""
        new = dict(body)
        if isinstance(messages := body.get("messages"), list):
            new["messages"] = self.messages(messages, policy)
        if isinstance(tools := body.get("tools"), list):
            new["tools"] = list(self.tools(tools, policy))
        return new

    def _message(self, message: Texts, policy: Policy, path: str) -> Texts:
        role = message.get("role")
        what, content = policy.for_role(role), message.get("content")
        new = _with_media(message, _treated(_without_media(message), self.texts, what, path))
        if what == "inert" and isinstance(content, list):
            new = {**new, "content": apart(new["content"], self.texts)}
        elif what == "inert" and role == "assistant" and isinstance(content, str) and new["content"] != content:
            before, reasoning, after, rest = self.reasoning.parts(content)
            new = {**new, "content": before + self.texts.broken(reasoning) + after + self.texts.broken(rest)}
        return cast(Texts, new)


async def read_content_guard(
    path: Path, header: GgufHeader, chosen: ChatTemplate = OWN_TEMPLATE, modalities: tuple[str, ...] = ()
) -> ContentGuard:
    """The guard of the model in `path`, whose vocabulary is read, with its own or the `chosen` chat template. Raises
    `InvalidModelError`."""
    try:
        tokens = await asyncio.to_thread(read_special_tokens, path, header)
    except OSError as error:
        raise InvalidModelError(f"{path} cannot be read any more: {error.strerror}.") from error
    template = template_source(header, chosen)
    names = tokens.control | _marks(tokens, None if chosen.built_in else template)
    return ContentGuard(SpecialTexts(names, Borders(template, names)), ReasoningMarks(names), modalities, template)


def _marks(tokens: SpecialTokens, template: str | None) -> frozenset[str]:
    """Of names that a maker added those that the template may write; any that look so where it is code."""
    return frozenset(
        name
        for name in tokens.user_defined
        if _SURELY_MARK.fullmatch(name) or (_MARK.fullmatch(name) and (template is None or name in template))
    )


def _without_media(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without what no template renders; its bytes are none of a text."""
    content = message.get("content")
    if not isinstance(content, list) or not any(map(modality_of, content)):
        return message
    return {**message, "content": [None if modality_of(part) else part for part in content]}


def _with_media(message: Mapping[str, Any], treated: dict[str, Any]) -> dict[str, Any]:
    content = message.get("content")
    if not isinstance(content, list):
        return treated
    parts = [old if new is None else new for old, new in zip(content, treated["content"], strict=True)]
    return {**treated, "content": parts}


def _treated(value: Any, texts: SpecialTexts, what: str, path: str) -> Any:
    if what == "allow":
        return value

    def change(text: str, where: str) -> str:
        if what == "refuse" and (found := texts.find(text)) is not None:
            raise InvalidOptionsError(
                f"{where} contains {found!r}, which is a special token of the model: leave it out, or say "
                'special_tokens="inert" to have it read as text.',
                path=where,
            )
        return texts.broken(text)

    return changed(value, change, path)
