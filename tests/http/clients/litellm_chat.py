"""`litellm`: a message, a stream, a forced tool, an embedding."""

from __future__ import annotations

import json
from collections.abc import Callable

import litellm

asked = {"model": "openai/builtin", "messages": [{"role": "user", "content": "Hello!"}], "temperature": 0}
whole = litellm.completion(**asked, max_tokens=20)
assert whole.choices[0].message.content
stream = litellm.completion(**asked, max_tokens=20, stream=True)
assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == whole.choices[0].message.content
tool = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
for choice in ("required", {"type": "function", "function": {"name": "get_weather"}}):
    forced = litellm.completion(**asked, max_tokens=80, tools=[tool], tool_choice=choice)
    (call,) = forced.choices[0].message.tool_calls
    assert call.function.name == "get_weather"
    assert "city" in json.loads(call.function.arguments)
assert litellm.embedding(model="openai/builtin", input=["one"], encoding_format="float").data


def overflows(ask: Callable[[], object]) -> bool:
    """Whether litellm can tell it from other refusals, which programs cut their conversations by."""
    try:
        ask()
    except litellm.ContextWindowExceededError:
        return True
    return False


long = {"messages": [{"role": "user", "content": "word " * 4000}], "max_tokens": 5}
assert overflows(lambda: litellm.completion(model="openai/builtin", **long))
assert overflows(lambda: litellm.completion(model="openai/builtin", stream=True, **long))
assert overflows(lambda: litellm.completion(model="anthropic/builtin", **long))
assert overflows(lambda: litellm.embedding(model="openai/builtin", input=["word " * 4000], encoding_format="float"))
print("ok")
