"""From what an engine is sent to what was asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from ...engine.api.endpoints import CHAT_COMPLETIONS
from ...worker.structured.response_format import schema_in
from ..script.request import Body, FakeRequest, content_of
from .template import rendered
from .tokens import VOCABULARY_OF_ALL, text_of

_MOST_REMEMBERED = 512


class Prompts:
    """The conversations behind rendered prompts: some answers are asked for with the prompt as a text."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Body] = OrderedDict()

    def render(self, body: Mapping[str, Any]) -> str:
        """The prompt of a chat, which is remembered."""
        text = rendered(body)
        self._known[text] = dict(body)
        self._known.move_to_end(text)
        if len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)
        return text

    def behind(self, prompt: str) -> tuple[Body, str] | None:
        """The chat whose prompt it begins with, and what follows that; of several the longest."""
        known = max((text for text in self._known if prompt.startswith(text)), key=len, default=None)
        return None if known is None else (self._known[known], prompt[len(known) :])


class Asked:
    """`prompt` is the whole text that a model would read, `before` what of it was there before the answer began."""

    def __init__(self, path: str, body: Body, prompts: Prompts) -> None:
        self.body = body
        self.is_chat = path == CHAT_COMPLETIONS
        self.prompt = prompts.render(body) if self.is_chat else text_of(body.get("prompt"))
        behind = (body, "") if self.is_chat else prompts.behind(self.prompt)
        self.tokens = len(VOCABULARY_OF_ALL.tokenize(self.prompt))
        self.request = self._of_chat(*behind) if behind else self._of_text()
        self.before = self.prompt
        if behind:
            begun = {"messages": list(self.request.messages), "add_generation_prompt": True}
            self.before = rendered(behind[0] | begun)

    @property
    def must_call(self) -> bool:
        """Whether nothing but a call may come. The engine is given a grammar of calls then."""
        return not self.is_chat and "preserved_tokens" in self.body

    @property
    def answers(self) -> int:
        """How many are wanted."""
        wanted = self.body.get("n")
        return wanted if isinstance(wanted, int) and wanted > 0 else 1

    @property
    def most(self) -> int | None:
        """Tokens of the answer at most."""
        most = self.body.get("max_tokens", self.body.get("n_predict"))
        return most if isinstance(most, int) and most >= 0 else None

    def _of_text(self) -> FakeRequest:
        return self._request(prompt=self.prompt)

    def _of_chat(self, chat: Body, more: str) -> FakeRequest:
        messages = list(chat.get("messages") or ())
        begun = reasoning = ""
        if messages and messages[-1].get("role") == "assistant" and not messages[-1].get("tool_calls"):
            last = messages.pop()
            begun, reasoning = content_of(last), last.get("reasoning_content") or ""
        choice = "required" if self.must_call else chat.get("tool_choice", "auto")
        return self._request(
            messages=tuple(messages),
            begun=begun + more,
            begun_reasoning=reasoning,
            tools=tuple(chat.get("tools") or ()) if choice != "none" else (),
            tool_choice=choice if isinstance(choice, str) else "required",
        )

    def _request(self, **said: Any) -> FakeRequest:
        return FakeRequest(
            **said,
            schema=schema_in(self.body),
            grammar=None if self.must_call else self.body.get("grammar"),
            max_tokens=self.most,
            body=self.body,
            prompt_tokens=self.tokens,
        )
