"""`anthropic`."""

import anthropic
from proving import HELLO, KEY, PHOTO, TOO_LONG, URL, WEATHER, proved, raised, refused_once, until_idle

client = anthropic.Anthropic(base_url=URL, api_key=KEY)


def said(content, model="builtin", max_tokens=80):
    return {"model": model, "max_tokens": max_tokens, "messages": [{"role": "user", "content": content}]}


whole = client.messages.create(**said(HELLO))
assert whole.content[0].text
assert whole.usage.output_tokens > 0
proved("chat")
counted = client.messages.count_tokens(model="builtin", messages=said(HELLO)["messages"]).input_tokens
assert counted == whole.usage.input_tokens + (whole.usage.cache_read_input_tokens or 0)
proved("token counts")
with client.messages.stream(**said(HELLO)) as stream:
    assert "".join(stream.text_stream)
proved("stream")
with client.messages.stream(**said(HELLO, "slow", 2000)) as stream:
    next(iter(stream.text_stream))
until_idle()
proved("leaving in the middle")
parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
tools = [{"name": "get_weather", "input_schema": parameters}]
answer = client.messages.create(**said(WEATHER), tools=tools, tool_choice={"type": "any"})
assert next(block for block in answer.content if block.type == "tool_use").name == "get_weather"
proved("tools")
image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PHOTO}}
seen = client.messages.create(**said([{"type": "text", "text": "What is this?"}, image], "seeing", 5))
assert seen.usage.output_tokens == 5
proved("images")
assert "builtin" in [model.id for model in client.models.list()]
proved("list of models")
error = refused_once(lambda: client.messages.create(**said(TOO_LONG)), anthropic.BadRequestError)
assert "prompt is too long" in str(error)
proved("overflow")
wrong = anthropic.Anthropic(base_url=URL, api_key="wrong")
raised(lambda: wrong.messages.create(**said(HELLO)), anthropic.AuthenticationError)
proved("wrong key")
