"""What a fake model was asked."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

Body = dict[str, Any]


class FakeRequest(Struct, frozen=True, kw_only=True):
    """One request for an answer, in the words of the caller where there are such.

    Either `messages`, of a chat, or `prompt`, a text that is to be continued. `begun` is the beginning of the answer
    that the caller gave (`response_prefix`), or that there was before a pause. `tools` are definitions of functions in
    OpenAI's form; `tool_choice` is "auto", "required" or "none". `schema` is the JSON schema of the answer, `grammar`
    its GBNF. `body` is what the engine was sent, with `temperature`, `seed` and the like.
    """

    messages: tuple[Body, ...] = ()
    prompt: str = ""
    begun: str = ""
    begun_reasoning: str = ""
    tools: tuple[Body, ...] = ()
    tool_choice: str = "auto"
    schema: Body | None = None
    grammar: str | None = None
    max_tokens: int | None = None
    body: Body = field(default_factory=dict)
    prompt_tokens: int = 0

    @property
    def text(self) -> str:
        """What the user said last; of a text that is to be continued, that text."""
        said = [message for message in self.messages if message.get("role") == "user"]
        return content_of(said[-1]) if said else self.prompt

    @property
    def system(self) -> str:
        """The system prompt, empty without one."""
        return "\n".join(content_of(message) for message in self.messages if message.get("role") == "system")

    @property
    def results(self) -> tuple[str, ...]:
        """What functions gave since the user spoke last."""
        last = max((at for at, one in enumerate(self.messages) if one.get("role") == "user"), default=-1)
        return tuple(content_of(one) for one in self.messages[last + 1 :] if one.get("role") == "tool")

    @property
    def functions(self) -> tuple[str, ...]:
        """The names of the functions that the model may call."""
        return tuple(tool["function"]["name"] for tool in self.tools)


def content_of(message: Body) -> str:
    """The text of a message."""
    content = message.get("content")
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content if isinstance(part, dict))
    return content or ""
