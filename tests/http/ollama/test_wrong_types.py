"""A value of a wrong type, wherever it stands in a request of Ollama's, is refused in its form."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.http.ollama.conftest import Asking
from tests.http.wrong_types.places import mutants
from tests.projector_factory import png

pytestmark = pytest.mark.asyncio(loop_scope="module")
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
TOOL = {"type": "function", "function": {"name": "f", "description": "d", "parameters": SCHEMA}}
IMAGE = base64.b64encode(png()).decode()
CALL = {"id": "c", "function": {"name": "f", "arguments": {"a": "b"}}}
COMMON: dict[str, Any] = {
    "model": "builtin",
    "stream": False,
    "format": SCHEMA,
    "options": {"temperature": 0.5, "num_predict": 1, "stop": ["a"], "num_ctx": 128, "num_gpu": 0, "num_thread": 1},
    "keep_alive": "5m",
    "logprobs": True,
    "top_logprobs": 2,
    "truncate": True,
    "shift": False,
}
MESSAGES = [
    {"role": "user", "content": "hi", "images": [IMAGE]},
    {"role": "assistant", "content": "", "thinking": "t", "tool_calls": [CALL]},
    {"role": "tool", "content": "4", "tool_name": "f", "tool_call_id": "c"},
]
ROUTES: dict[str, dict[str, Any]] = {
    "chat": COMMON | {"messages": MESSAGES, "tools": [TOOL]},
    "generate": COMMON | {"prompt": "x", "suffix": "y", "system": "", "raw": False},
    "embed": {"model": "builtin", "input": ["a"], "truncate": True, "dimensions": 4, "options": {"num_ctx": 128}},
    "embeddings": {"model": "builtin", "prompt": "a", "keep_alive": "5m"},
    "show": {"model": "builtin", "verbose": False},
}
ALSO = {
    r"format": {"text", "object", "other object"},
    r"format\.properties\.a|.*parameters\.properties\.a": {"boolean"},
    r".*(parameters|format)(\.properties\.a)?\.type": {"text"},
    r".*arguments\.a": {"anything"},
    r"keep_alive": {"integer", "number"},
    r"options\.stop|input": {"text"},
    r"input": {"empty list"},
    r"options\.stop": {"empty list"},
}


@pytest.mark.parametrize("path", ROUTES)
async def test_wrong_types_are_refused(ollama: Asking, path: str) -> None:
    wrong = []
    for mutant in mutants(ROUTES[path], ALSO):
        if mutant.name in ("integer", "text", "list of objects"):
            answer = await ollama.send(path, mutant.body)
            if answer.status != 400 or not isinstance(answer.json()["error"], str):
                wrong.append(f"{mutant.name} at {mutant.path}: {answer.status} {answer.body[:100]!r}")
    assert not wrong, "\n".join(wrong)
