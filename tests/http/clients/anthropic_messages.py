"""The `anthropic` package: messages, stream, tools, counting, errors."""

from __future__ import annotations

import anthropic

client = anthropic.Anthropic()
HELLO = [{"role": "user", "content": "Hello!"}]
WEATHER = [{"role": "user", "content": "What is the weather in Paris?"}]
GREEDY = {"temperature": 0}  # no longer an argument of the library, still a field of the protocol
TOOL = {"name": "get_weather", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}

answer = client.messages.create(model="builtin", messages=HELLO, max_tokens=20, extra_body=GREEDY, system="Be kind.")
assert answer.content[0].text
assert answer.usage.output_tokens > 0
with client.messages.stream(
    model="builtin", messages=HELLO, max_tokens=20, extra_body=GREEDY, system="Be kind."
) as stream:
    assert "".join(stream.text_stream) == answer.content[0].text
    assert stream.get_final_message().stop_reason == answer.stop_reason

asked = {"model": "builtin", "messages": WEATHER, "tools": [TOOL], "max_tokens": 80, "extra_body": GREEDY}
answer = client.messages.create(**asked, tool_choice={"type": "tool", "name": "get_weather"})
call = next(block for block in answer.content if block.type == "tool_use")
assert answer.stop_reason == "tool_use"
with client.messages.stream(**asked, tool_choice={"type": "any"}) as stream:
    streamed = next(block for block in stream.get_final_message().content if block.type == "tool_use")
assert streamed.input == call.input
result = {"type": "tool_result", "tool_use_id": call.id, "content": "sunny"}
turns = [*WEATHER, {"role": "assistant", "content": answer.content}, {"role": "user", "content": [result]}]
assert client.messages.create(model="builtin", messages=turns, tools=[TOOL], max_tokens=40).content

assert client.messages.count_tokens(model="builtin", messages=HELLO).input_tokens > 0
try:
    client.messages.create(model="nothing", messages=HELLO, max_tokens=5)
except anthropic.NotFoundError as error:
    kind = error.body["error"]["type"]
else:
    raise AssertionError("no error")
assert kind == "not_found_error"
print("ok")
