"""The `openai` package, synchronous: chat, stream, tools, structured output, embeddings, responses, errors."""

from __future__ import annotations

import json
from collections.abc import Callable

import openai
from pydantic import BaseModel

TOO_LONG = "context_length_exceeded"
client = openai.OpenAI()
HELLO = [{"role": "user", "content": "Hello!"}]
WEATHER = [{"role": "user", "content": "What is the weather in Paris?"}]
ANA = "Ana is 31 years old. Answer with JSON: name, age."
PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}


class Person(BaseModel):
    name: str
    age: int


def chat() -> None:
    answer = client.chat.completions.create(model="builtin", messages=HELLO, max_tokens=20, temperature=0)
    assert answer.choices[0].message.content
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    stream = client.chat.completions.create(model="builtin", messages=HELLO, max_tokens=20, temperature=0, stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    assert text == answer.choices[0].message.content


def follow_up() -> None:
    messages = [*HELLO, {"role": "assistant", "content": "Hello! How can I help you?"}, *WEATHER]
    assert client.chat.completions.create(model="builtin", messages=messages, max_tokens=20).choices[0].message.content


def tools() -> None:
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": PARAMETERS, "strict": True}}
    answer = client.chat.completions.create(
        model="builtin", messages=WEATHER, tools=[tool], tool_choice="required", max_tokens=80, temperature=0
    )
    call = answer.choices[0].message.tool_calls[0]
    assert call.function.name == "get_weather"
    assert "city" in json.loads(call.function.arguments)
    result = {"role": "tool", "tool_call_id": call.id, "content": "sunny, 21 degrees"}
    messages = [*WEATHER, answer.choices[0].message, result]
    assert client.chat.completions.create(model="builtin", messages=messages, tools=[tool], max_tokens=40).choices


def named_tool() -> None:
    """Exactly one call, of the function that was named, whatever is said."""
    named = {"type": "function", "function": {"name": "get_weather"}}
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": PARAMETERS}}
    answer = client.chat.completions.create(
        model="builtin", messages=HELLO, tools=[tool], tool_choice=named, max_tokens=80, temperature=0
    )
    (call,) = answer.choices[0].message.tool_calls
    assert answer.choices[0].finish_reason == "tool_calls"
    assert list(json.loads(call.function.arguments)) == ["city"]


def streamed_tools() -> None:
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": PARAMETERS, "strict": True}}
    with client.chat.completions.stream(
        model="builtin", messages=WEATHER, tools=[tool], tool_choice="required", max_tokens=80, temperature=0
    ) as stream:
        final = stream.get_final_completion()
    assert final.choices[0].message.tool_calls[0].function.parsed_arguments["city"]


def structured() -> None:
    answer = client.chat.completions.parse(
        model="builtin",
        messages=[{"role": "user", "content": ANA}],
        response_format=Person,
        max_tokens=100,
        temperature=0,
    )
    assert isinstance(answer.choices[0].message.parsed, Person)


def responses() -> None:
    answer = client.responses.create(model="builtin", input="Hello!", max_output_tokens=40, temperature=0)
    assert answer.output_text
    with client.responses.stream(model="builtin", input="Hello!", max_output_tokens=40, temperature=0) as stream:
        deltas = [event.delta for event in stream if event.type == "response.output_text.delta"]
        assert "".join(deltas) == stream.get_final_response().output_text == answer.output_text


def parsed_response() -> None:
    answer = client.responses.parse(
        model="builtin", input=ANA, text_format=Person, max_output_tokens=100, temperature=0
    )
    assert isinstance(answer.output_parsed, Person)


def response_tools() -> None:
    tool = {"type": "function", "name": "get_weather", "parameters": PARAMETERS, "strict": True}
    asked = {"model": "builtin", "tools": [tool], "tool_choice": "required", "max_output_tokens": 80, "temperature": 0}
    first = client.responses.create(input=WEATHER, **asked)
    call = next(item for item in first.output if item.type == "function_call")
    assert "city" in json.loads(call.arguments)
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
    conversation = [*WEATHER, *first.output, result]
    assert client.responses.create(model="builtin", input=conversation, max_output_tokens=40).output
    with client.responses.stream(input=WEATHER, **asked) as stream:
        assert stream.get_final_response().output[0].type == "function_call"


def refusal(ask: Callable[[], object]) -> str | None:
    """The code with which it is refused."""
    try:
        ask()
    except openai.BadRequestError as error:
        return error.code
    return None


def embeddings() -> None:
    answer = client.embeddings.create(model="builtin", input=["one", "two"])
    assert len(answer.data) == 2
    assert len(answer.data[0].embedding) == len(answer.data[1].embedding) > 0
    short = client.embeddings.create(model="builtin", input=[[1, 2, 3]], dimensions=16, encoding_format="float")
    assert abs(sum(number * number for number in short.data[0].embedding) - 1) < 1e-3
    assert refusal(lambda: client.embeddings.create(model="builtin", input=["one", "two " * 5000])) == TOO_LONG


def models_and_completions() -> None:
    assert "builtin" in [model.id for model in client.models.list()]
    assert client.models.retrieve("builtin").id == "builtin"
    assert client.completions.create(model="builtin", prompt="The", max_tokens=5).choices[0].text


def code_of_error(kind: type[openai.APIStatusError], body: dict) -> str | None:
    try:
        client.chat.completions.create(**body)
    except kind as error:
        return error.code
    return "no error"


def errors() -> None:
    for wrong, kind, code in (
        ({"model": "nothing"}, openai.NotFoundError, "model_not_found"),
        ({"messages": []}, openai.BadRequestError, "invalid_value"),
        (
            {"messages": [{"role": "user", "content": "word " * 9000}]},
            openai.BadRequestError,
            "context_length_exceeded",
        ),
    ):
        assert code_of_error(kind, {"model": "builtin", "messages": HELLO} | wrong) == code, wrong


for step in (
    chat,
    follow_up,
    tools,
    named_tool,
    streamed_tools,
    structured,
    responses,
    parsed_response,
    response_tools,
    embeddings,
    models_and_completions,
    errors,
):
    step()
    print("ok", step.__name__)
