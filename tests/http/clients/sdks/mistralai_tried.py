"""`mistralai`: its chat and embeddings are close enough to OpenAI's."""

from mistralai.client import Mistral
from mistralai.client.errors import SDKError
from proving import ANA, HELLO, KEY, PHOTO, TOO_LONG, URL, WEATHER, proved, raised, refused_once, until_idle


def client(key=KEY):
    return Mistral(api_key=key, server_url=URL)


def message(content):
    return {"model": "builtin", "messages": [{"role": "user", "content": content}], "max_tokens": 80, "temperature": 0}


whole = client().chat.complete(**message(HELLO))
assert whole.choices[0].message.content
assert whole.usage.completion_tokens > 0
proved("chat", "token counts")
with client().chat.stream(**message(HELLO)) as events:
    text = "".join(event.data.choices[0].delta.content or "" for event in events if event.data.choices)
assert text == whole.choices[0].message.content
proved("stream")
with client().chat.stream(**message(HELLO) | {"model": "slow", "max_tokens": 2000}) as events:
    next(iter(events))
until_idle()
proved("leaving in the middle")
parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
tool = {"type": "function", "function": {"name": "get_weather", "description": "", "parameters": parameters}}
(call,) = client().chat.complete(**message(WEATHER), tools=[tool], tool_choice="any").choices[0].message.tool_calls
assert call.function.name == "get_weather"
proved("tools")
form = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
asked_form = {"type": "json_schema", "json_schema": {"name": "age", "schema": form}}
assert "age" in client().chat.complete(**message(ANA), response_format=asked_form).choices[0].message.content
proved("structured output")
assert len(client().embeddings.create(model="builtin", inputs=["one", "two"]).data) == 2
proved("embeddings")
image = {"type": "image_url", "image_url": f"data:image/png;base64,{PHOTO}"}
parts = message([{"type": "text", "text": "What is this?"}, image]) | {"model": "seeing", "max_tokens": 5}
assert client().chat.complete(**parts).usage.completion_tokens == 5
proved("images")
refused_once(lambda: client().chat.complete(**message(TOO_LONG)), SDKError)
proved("overflow")
raised(lambda: client("wrong").chat.complete(**message(HELLO)), SDKError)
proved("wrong key")
