"""What Open Responses' list of compliance checks asks of a server, in the environment of `openai`, whose types are the
schema: each answer and each event is validated strictly, and the order of events is checked.

Written after the specification's list (a basic answer, streaming, a system prompt, tools, an image, several turns), as
its own tests are in no package index.
"""

from __future__ import annotations

import json
import os
import urllib.request

from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

URL, KEY, PHOTO = (os.environ[name] for name in ("LLAMA_WORKER_URL", "OPENAI_API_KEY", "LLAMA_WORKER_PHOTO"))
EVENT = TypeAdapter(ResponseStreamEvent)
TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": "The current weather of a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
BEGINS = ["response.created", "response.in_progress"]
_PARTS = {"response.output_text": ("response.content_part.added", "response.content_part.done")}


def send(**body) -> bytes:
    asked = {"model": "builtin", "temperature": 0, "max_output_tokens": 80} | body
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
    request = urllib.request.Request(f"{URL}/v1/responses", json.dumps(asked).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def ask(**body) -> Response:
    return checked(Response.model_validate_json(send(**body), strict=True))


def checked(response: Response) -> Response:
    """What every response that has ended is."""
    assert response.object == "response"
    assert response.id.startswith("resp_")
    assert response.status in ("completed", "incomplete")
    assert (response.incomplete_details is None) == (response.status == "completed")
    assert response.error is None
    assert response.usage.total_tokens == response.usage.input_tokens + response.usage.output_tokens
    for item in response.output:
        assert item.id
        assert item.status == response.status or item is not response.output[-1]
    return response


def stream(**body) -> list:
    lines = [line for line in send(stream=True, **body).decode().split("\n\n") if line and not line.startswith(":")]
    events = []
    for index, block in enumerate(line for line in lines if "[DONE]" not in line):
        name, data = block.split("\n")
        event = EVENT.validate_json(data.removeprefix("data: "), strict=True)
        assert name == f"event: {event.type}"
        assert event.sequence_number == index
        events.append(event)
    return events


def ordered(events: list) -> Response:
    """Items are added, grow in their parts and are done, one after the other; the last event has them all."""
    kinds = [event.type for event in events]
    assert kinds[:2] == BEGINS
    assert kinds[-1] == "response.completed"
    assert events[0].response.status == events[1].response.status == "in_progress"
    assert events[0].response.output == []
    whole = checked(events[-1].response)
    for place, item in enumerate(whole.output):
        grown(place, item, [event for event in events if getattr(event, "output_index", None) == place])
    return whole


def grown(place: int, item, events: list) -> None:
    assert events[0].type == "response.output_item.added"
    assert events[0].item.id == item.id
    assert events[0].item.status == "in_progress"
    assert events[-1].type == "response.output_item.done"
    assert events[-1].item.model_dump() == item.model_dump()
    inner = events[1:-1]
    assert {event.item_id for event in inner} == {item.id}
    if item.type == "function_call":
        *deltas, done = inner
        assert "".join(event.delta for event in deltas) == done.arguments == item.arguments
        return
    opened, *deltas, done, closed = inner
    assert (opened.type, closed.type) == _PARTS["response.output_text"]
    assert done.type == "response.output_text.done"
    assert "".join(event.delta for event in deltas) == done.text == closed.part.text == item.content[0].text


def basic() -> None:
    response = ask(input="Hello!")
    assert [item.type for item in response.output] == ["message"]
    assert response.output[0].role == "assistant"
    assert response.output_text
    cut = ask(input="Hello!", max_output_tokens=2)
    assert (cut.status, cut.incomplete_details.reason) == ("incomplete", "max_output_tokens")


def streaming() -> None:
    whole = ordered(stream(input="Hello!"))
    assert whole.output_text == ask(input="Hello!").output_text
    assert stream(input="Hello!", max_output_tokens=2)[-1].type == "response.incomplete"


def system_prompt() -> None:
    said = [{"type": "message", "role": "system", "content": "You are a pirate."}]
    by_item = ask(input=[*said, {"type": "message", "role": "user", "content": "Hello!"}])
    by_field = ask(input="Hello!", instructions="You are a pirate.")
    assert by_item.output_text == by_field.output_text
    assert by_field.instructions == "You are a pirate."
    assert by_item.usage.input_tokens == by_field.usage.input_tokens > ask(input="Hello!").usage.input_tokens


def tools() -> None:
    question = {"type": "message", "role": "user", "content": "What is the weather in Lisbon?"}
    response = ask(input=[question], tools=[TOOL])
    (call,) = (item for item in response.output if item.type == "function_call")
    assert (call.name, json.loads(call.arguments)) == ("get_weather", {"city": "Lisbon"})
    streamed = ordered(stream(input=[question], tools=[TOOL]))
    assert [item.arguments for item in streamed.output if item.type == "function_call"] == [call.arguments]
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny, 24 degrees"}
    items = [item.model_dump(exclude_none=True) for item in response.output]
    assert "sunny" in ask(input=[question, *items, result], tools=[TOOL]).output_text


def image() -> None:
    parts = [{"type": "input_text", "text": "What is this?"}]
    parts.append({"type": "input_image", "image_url": f"data:image/png;base64,{PHOTO}", "detail": "auto"})
    message = {"type": "message", "role": "user", "content": parts}
    assert ask(model="seeing", input=[message], max_output_tokens=5).usage.output_tokens == 5


def several_turns() -> None:
    first = {"type": "message", "role": "user", "content": "My name is Ana."}
    answer = ask(input=[first])
    items = [item.model_dump(exclude_none=True) for item in answer.output]
    again = {"type": "message", "role": "user", "content": "Thank you!"}
    whole = ask(input=[first, *items, again])
    stored = ask(input=[again], previous_response_id=answer.id)
    assert stored.previous_response_id == answer.id
    assert stored.output_text == whole.output_text
    assert stored.usage.input_tokens == whole.usage.input_tokens


for check in (basic, streaming, system_prompt, tools, image, several_turns):
    check()
    print("ok", check.__name__)
