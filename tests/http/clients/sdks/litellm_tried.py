"""`litellm`: with its `openai/` models, and `anthropic/` and `ollama_chat/` ones."""

import litellm
from proving import ANA, HELLO, KEY, PHOTO, TOO_LONG, URL, WEATHER, proved, raised, until_idle
from pydantic import BaseModel


class Person(BaseModel):
    name: str
    age: int


def ask(content, model="builtin", key=KEY, **options):
    options = {"max_tokens": 80, "temperature": 0, "api_base": f"{URL}/v1"} | options
    messages = [{"role": "user", "content": content}]
    return litellm.completion(f"openai/{model}", messages=messages, api_key=key, **options)


whole = ask(HELLO)
assert whole.choices[0].message.content
assert whole.usage.completion_tokens > 0
proved("chat", "token counts")
text = "".join(chunk.choices[0].delta.content or "" for chunk in ask(HELLO, stream=True))
assert text == whole.choices[0].message.content
proved("stream")
stream = ask(HELLO, "slow", max_tokens=2000, stream=True)
next(iter(stream))
stream.completion_stream.close()
until_idle()
proved("leaving in the middle")
parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
tool = {"type": "function", "function": {"name": "get_weather", "parameters": parameters}}
(call,) = ask(WEATHER, tools=[tool], tool_choice="required").choices[0].message.tool_calls
assert call.function.name == "get_weather"
proved("tools")
assert Person.model_validate_json(ask(ANA, response_format=Person).choices[0].message.content).age == 31
proved("structured output")
response = litellm.responses(
    model="openai/builtin", input=HELLO, api_base=f"{URL}/v1", api_key=KEY, max_output_tokens=40
)
assert response.output
proved("responses")
place = {"api_base": f"{URL}/v1", "api_key": KEY}
assert len(litellm.embedding("openai/builtin", input=["one", "two"], encoding_format="float", **place).data) == 2
proved("embeddings")
image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PHOTO}"}}
assert ask([{"type": "text", "text": "What is this?"}, image], "seeing", max_tokens=5).usage.completion_tokens == 5
proved("images")
raised(lambda: ask(TOO_LONG), litellm.ContextWindowExceededError)
long = [{"role": "user", "content": TOO_LONG}]
raised(
    lambda: litellm.completion("anthropic/builtin", messages=long, api_base=URL, api_key=KEY, max_tokens=5),
    litellm.ContextWindowExceededError,
)
proved("overflow")
raised(lambda: ask(HELLO, key="wrong"), litellm.AuthenticationError)
proved("wrong key")
hello = [{"role": "user", "content": HELLO}]
headers = {"Authorization": f"Bearer {KEY}"}
local = litellm.completion("ollama_chat/builtin", messages=hello, api_base=URL, headers=headers, temperature=0)
assert local.choices[0].message.content
