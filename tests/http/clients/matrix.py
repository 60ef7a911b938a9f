"""What each client library is tried with; docs/clients.md is made of it, and a test holds each script to it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

ABILITIES = (
    "chat",
    "stream",
    "leaving in the middle",
    "tools",
    "structured output",
    "responses",
    "embeddings",
    "ranking",
    "images",
    "sound",
    "token counts",
    "list of models",
    "overflow",
    "wrong key",
)
_MOST = frozenset({"chat", "stream", "tools", "structured output", "token counts", "overflow", "wrong key"})
_LEAVING, _IMAGES, _EMBEDDINGS = frozenset({"leaving in the middle"}), frozenset({"images"}), frozenset({"embeddings"})
_RESPONSES = frozenset({"responses"})


class Client(NamedTuple):
    """A library, where it is installed, the script that tries it, and what that proves. What it does not prove the
    library does not have, or there is another reason in `why_not`. `daily` are scripts that `make test` runs."""

    name: str
    environment: str
    script: str
    proves: frozenset[str]
    why_not: Mapping[str, str] = MappingProxyType({})
    note: str = ""
    daily: tuple[str, ...] = ()


_BY_ANOTHER = "goes through `openai`'s client, which is tried by itself"
CLIENTS = (
    Client(
        "`openai` (Python)",
        "main",
        "sdks/openai_tried.py",
        frozenset(ABILITIES) - {"ranking"},
        daily=("openai_sync.py", "openai_async.py", "openai_media.py"),
    ),
    Client(
        "`openai` (npm)",
        "npm",
        "npm/openai_sdk.mjs",
        _MOST | _LEAVING | _RESPONSES | _EMBEDDINGS | _IMAGES | {"list of models"},
        {"sound": "tried in Python"},
        daily=("openai.mjs",),
    ),
    Client(
        "`anthropic` (Python)",
        "main",
        "sdks/anthropic_tried.py",
        (_MOST | _LEAVING | _IMAGES | {"list of models"}) - {"structured output"},
        {"structured output": "a tool that must be called does it"},
        daily=("anthropic_messages.py",),
    ),
    Client(
        "`@anthropic-ai/sdk` (npm)",
        "npm",
        "npm/anthropic_sdk.mjs",
        (_MOST | _LEAVING | _IMAGES | {"list of models"}) - {"structured output"},
        {"structured output": "a tool that must be called does it"},
    ),
    Client(
        "`ollama` (Python)",
        "ollama",
        "sdks/ollama_tried.py",
        _MOST | _LEAVING | _EMBEDDINGS | _IMAGES | {"list of models"},
        daily=("ollama_client.py",),
    ),
    Client(
        "`ollama` (npm)",
        "npm",
        "npm/ollama_sdk.mjs",
        _MOST | _LEAVING | _EMBEDDINGS | _IMAGES | {"list of models"},
        daily=("ollama.mjs",),
    ),
    Client(
        "`langchain-openai`",
        "main",
        "frameworks/langchain_openai_tried.py",
        _MOST | _LEAVING | _RESPONSES | _EMBEDDINGS | _IMAGES,
        {"sound": _BY_ANOTHER},
        daily=("langchain_chat.py",),
    ),
    Client(
        "`@langchain/openai` (npm)",
        "npm",
        "npm/langchain_openai.mjs",
        _MOST | _LEAVING | _EMBEDDINGS | _IMAGES,
        {"responses": "tried in Python", "sound": _BY_ANOTHER},
    ),
    Client(
        "`langchain-anthropic`",
        "langchain-anthropic",
        "frameworks/langchain_anthropic_tried.py",
        _MOST | _LEAVING | _IMAGES,
    ),
    Client(
        "`langchain-ollama`",
        "langchain-ollama",
        "frameworks/langchain_ollama_tried.py",
        _MOST | _LEAVING | _EMBEDDINGS | _IMAGES,
    ),
    Client(
        "`llama-index-llms-openai-like`",
        "llama-index",
        "frameworks/llama_index_tried.py",
        _MOST | _LEAVING | _EMBEDDINGS | _IMAGES,
        {"sound": _BY_ANOTHER},
    ),
    Client(
        "`pydantic-ai`",
        "main",
        "frameworks/pydantic_ai_tried.py",
        _MOST | _LEAVING | _RESPONSES | _IMAGES,
        {"sound": _BY_ANOTHER, "embeddings": _BY_ANOTHER},
        daily=("pydantic_ai_agent.py",),
    ),
    Client(
        "`openai-agents` (Python)",
        "openai-agents",
        "frameworks/openai_agents_tried.py",
        _MOST | _RESPONSES,
        {"leaving in the middle": _BY_ANOTHER, "images": _BY_ANOTHER},
    ),
    Client(
        "`@openai/agents` (npm)",
        "npm",
        "npm/openai_agents.mjs",
        _MOST | _RESPONSES,
        {"leaving in the middle": _BY_ANOTHER, "images": _BY_ANOTHER},
    ),
    Client(
        "`ai` with `@ai-sdk/openai-compatible` (npm)", "npm", "npm/ai_sdk.mjs", _MOST | _LEAVING | _EMBEDDINGS | _IMAGES
    ),
    Client(
        "`haystack-ai`",
        "haystack",
        "frameworks/haystack_tried.py",
        _MOST | _EMBEDDINGS | _IMAGES,
        {"leaving in the middle": "its generator always reads to the end"},
    ),
    Client(
        "`semantic-kernel`",
        "semantic-kernel",
        "frameworks/semantic_kernel_tried.py",
        _MOST | _LEAVING | _EMBEDDINGS | _IMAGES,
    ),
    Client(
        "`autogen-ext`, `autogen-agentchat`",
        "autogen",
        "frameworks/autogen_tried.py",
        _MOST | _IMAGES,
        {"leaving in the middle": "it keeps its connection open when its stream is closed, or its token cancelled"},
    ),
    Client("`smolagents`", "smolagents", "frameworks/smolagents_tried.py", _MOST | _LEAVING, {"images": _BY_ANOTHER}),
    Client(
        "`agno`",
        "agno",
        "frameworks/agno_tried.py",
        _MOST | _IMAGES,
        {"leaving in the middle": _BY_ANOTHER},
        "it tells errors in the text of its answer",
    ),
    Client(
        "`dspy`",
        "dspy",
        "frameworks/dspy_tried.py",
        frozenset({"chat", "token counts", "embeddings", "overflow", "wrong key"}),
        {
            "structured output": "its signatures ask for a form in words, which the built-in model does not follow",
            "tools": "as structured output",
            "stream": "`litellm`, which it asks through, is tried by itself",
            "images": "`litellm`, which it asks through, is tried by itself",
        },
        "a prompt that does not fit is its `ContextWindowExceededError`",
    ),
    Client(
        "`litellm`",
        "litellm",
        "sdks/litellm_tried.py",
        _MOST | _LEAVING | _RESPONSES | _EMBEDDINGS | _IMAGES,
        {"ranking": "not tried", "sound": _BY_ANOTHER},
        "a prompt that does not fit is its `ContextWindowExceededError`, with `openai/` and `anthropic/` models",
        daily=("litellm_chat.py", "instructor_chat.py"),
    ),
    Client(
        "`instructor`",
        "litellm",
        "sdks/instructor_tried.py",
        frozenset({"chat", "stream", "tools", "structured output", "wrong key"}),
        {"overflow": _BY_ANOTHER, "images": _BY_ANOTHER, "leaving in the middle": _BY_ANOTHER},
    ),
    Client("`magentic`", "magentic", "sdks/magentic_tried.py", _MOST, {"images": _BY_ANOTHER}),
    Client(
        "`guidance`",
        "guidance",
        "sdks/guidance_tried.py",
        frozenset({"chat", "stream", "structured output"}),
        {"tools": "not tried", "overflow": _BY_ANOTHER, "wrong key": _BY_ANOTHER},
    ),
    Client(
        "`mistralai`",
        "mistralai",
        "sdks/mistralai_tried.py",
        _MOST | _LEAVING | _EMBEDDINGS | _IMAGES,
        {"list of models": "the list has OpenAI's form, which lacks what it wants"},
    ),
    Client(
        "`huggingface_hub` (`InferenceClient`)",
        "huggingface-hub",
        "sdks/huggingface_hub_tried.py",
        _MOST | _LEAVING | _EMBEDDINGS | _IMAGES,
        {"sound": "it sends the bare bytes of a sound, which has no route here"},
    ),
    Client(
        "`cohere`",
        "cohere",
        "sdks/cohere_tried.py",
        frozenset({"ranking", "wrong key"}),
        {
            ability: "Cohere's own form, which is not served; rankings are"
            for ability in ABILITIES
            if ability not in ("ranking", "wrong key")
        },
    ),
    Client(
        "`aisuite`",
        "aisuite",
        "sdks/aisuite_tried.py",
        frozenset({"chat", "tools", "overflow", "wrong key"}),
        {"stream": _BY_ANOTHER},
    ),
    Client("`llm`", "llm", "sdks/llm_tried.py", _MOST | _LEAVING | _IMAGES, note="and its command"),
    Client(
        "`aider`",
        "aider",
        "sdks/aider_tried.py",
        frozenset({"chat", "stream", "token counts"}),
        dict.fromkeys(("overflow", "wrong key"), "it asks through `litellm`, which is tried by itself"),
        note="its command, asked once",
    ),
)
