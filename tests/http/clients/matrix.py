"""What each client library is tried with; docs/clients.md is made of it."""

from __future__ import annotations

from typing import NamedTuple

ABILITIES = (
    "chat",
    "stream",
    "leaving in the middle",
    "tools",
    "structured output",
    "responses",
    "embeddings",
    "images",
    "sound",
    "token counts",
    "errors",
)


class Client(NamedTuple):
    """A library, the scripts that hold its conversations, and what of it they prove."""

    name: str
    requirements: str
    scripts: tuple[str, ...]
    proves: frozenset[str]
    note: str = ""


_CHATS = frozenset({"chat", "stream", "tools", "structured output"})
CLIENTS = (
    Client(
        "`openai` (Python)",
        "requirements.txt",
        ("openai_sync.py", "openai_async.py", "openai_media.py"),
        frozenset(ABILITIES) - {"token counts"},
    ),
    Client(
        "`openai` (npm)",
        "package.json",
        ("openai.mjs",),
        frozenset({"chat", "stream", "leaving in the middle", "tools", "responses", "errors"}),
    ),
    Client(
        "`anthropic`",
        "requirements.txt",
        ("anthropic_messages.py",),
        frozenset({"chat", "stream", "tools", "token counts", "errors"}),
    ),
    Client("`langchain-openai`", "requirements.txt", ("langchain_chat.py",), _CHATS | {"embeddings"}),
    Client(
        "`pydantic-ai`",
        "requirements.txt",
        ("pydantic_ai_agent.py",),
        frozenset({"chat", "stream", "structured output"}),
    ),
    Client(
        "`litellm`",
        "requirements-litellm.txt",
        ("litellm_chat.py",),
        frozenset({"chat", "stream", "tools", "embeddings", "errors"}),
        "a prompt that does not fit is its `ContextWindowExceededError`, with `openai/` and `anthropic/` models",
    ),
    Client(
        "`ollama` (Python)",
        "requirements-ollama.txt",
        ("ollama_client.py",),
        frozenset({"chat", "stream", "tools", "structured output", "embeddings", "errors"}),
    ),
    Client(
        "`ollama` (npm)",
        "package.json",
        ("ollama.mjs",),
        frozenset({"chat", "stream", "leaving in the middle", "tools", "structured output", "embeddings", "errors"}),
    ),
    Client(
        "`instructor`",
        "requirements-litellm.txt",
        ("instructor_chat.py",),
        frozenset({"chat", "tools", "structured output"}),
        "tried by `make test-slow`",
    ),
)
