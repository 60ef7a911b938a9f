"""`huggingface_hub`: its `InferenceClient`."""

from huggingface_hub import InferenceClient
from huggingface_hub.errors import HfHubHTTPError
from proving import ANA, HELLO, KEY, PHOTO, TOO_LONG, URL, WEATHER, proved, raised, refused_once, until_idle

clients = {key: InferenceClient(base_url=f"{URL}/v1", api_key=key) for key in (KEY, "wrong")}


def ask(content, model="builtin", key=KEY, **options):
    options = {"max_tokens": 80, "temperature": 0} | options
    return clients[key].chat_completion([{"role": "user", "content": content}], model=model, **options)


whole = ask(HELLO)
assert whole.choices[0].message.content
assert whole.usage.completion_tokens > 0
proved("chat", "token counts")
text = "".join(chunk.choices[0].delta.content or "" for chunk in ask(HELLO, stream=True) if chunk.choices)
assert text == whole.choices[0].message.content
proved("stream")
stream = ask(HELLO, "slow", max_tokens=2000, stream=True)
next(iter(stream))
stream.close()
until_idle()
proved("leaving in the middle")
parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
tool = {"type": "function", "function": {"name": "get_weather", "description": "", "parameters": parameters}}
(call,) = ask(WEATHER, tools=[tool], tool_choice="required").choices[0].message.tool_calls
assert call.function.name == "get_weather"
proved("tools")
form = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
asked_form = {"type": "json_schema", "json_schema": {"name": "age", "schema": form}}
assert "age" in ask(ANA, response_format=asked_form).choices[0].message.content
proved("structured output")
image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PHOTO}"}}
answer = ask([{"type": "text", "text": "What is this?"}, image], "seeing", max_tokens=5)
assert answer.usage.completion_tokens == 5
proved("images")
vector = InferenceClient(model=f"{URL}/embed", api_key=KEY).feature_extraction("one")
assert vector.size > 16
proved("embeddings")
refused_once(lambda: ask(TOO_LONG), HfHubHTTPError)
proved("overflow")
raised(lambda: ask(HELLO, key="wrong"), HfHubHTTPError)
proved("wrong key")
