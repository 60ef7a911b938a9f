"""The `ollama` package: chat, generate, tools, forms, embeddings, models, errors; with and without async."""

from __future__ import annotations

import asyncio
import json

import ollama
from pydantic import BaseModel

client = ollama.Client()
HELLO = [{"role": "user", "content": "Hello!"}]
SHORT = {"temperature": 0, "num_predict": 20}


class Person(BaseModel):
    name: str
    age: int


def get_weather(city: str) -> str:
    """
    The current weather of a city.

    Args:
      city (str): The city

    Returns:
      str: The weather
    """
    return f"sunny, 24 degrees in {city}"


def chat() -> None:
    whole = client.chat("builtin", messages=HELLO, options=SHORT, keep_alive="5m")
    assert whole.done
    assert whole.done_reason == "stop"
    assert whole["message"]["content"] == whole.message.content != ""
    pieces = list(client.chat("builtin", messages=HELLO, options=ollama.Options(**SHORT), stream=True))
    assert "".join(piece.message.content for piece in pieces) == whole.message.content
    assert pieces[-1].eval_count == whole.eval_count > 0
    for _ in client.chat("builtin", messages=HELLO, stream=True):
        break


def generate() -> None:
    whole = client.generate("builtin:latest", "Hello!", options=SHORT)
    streamed = client.generate("builtin", "Hello!", options=SHORT, stream=True)
    assert "".join(piece.response for piece in streamed) == whole.response != ""
    assert client.generate("builtin", "The", raw=True, options=SHORT, logprobs=True).logprobs[0].token


def tools() -> None:
    messages = [{"role": "user", "content": "What is the weather in Lisbon?"}]
    asked = {"model": "builtin", "tools": [get_weather], "options": {"temperature": 0}}
    answer = client.chat(messages=messages, **asked)
    (call,) = answer.message.tool_calls
    assert call.function.name == "get_weather"
    result = {"role": "tool", "content": get_weather(**call.function.arguments), "tool_name": call.function.name}
    assert "sunny" in client.chat(messages=[*messages, answer.message, result], **asked).message.content


def forms() -> None:
    said = [{"role": "user", "content": "Extract the person as JSON: Maria is 31 years old."}]
    answer = client.chat("builtin", messages=said, format=Person.model_json_schema(), options={"temperature": 0})
    assert Person.model_validate_json(answer.message.content).name == "Maria"
    text = client.generate("builtin", said[0]["content"], format="json", options={"temperature": 0}).response
    assert isinstance(json.loads(text), dict)


def embeddings() -> None:
    two = client.embed("builtin", ["one", "two"], dimensions=16)
    assert [len(vector) for vector in two.embeddings] == [16, 16]
    assert len(client.embeddings("builtin", "one").embedding) > 16


def models() -> None:
    assert "builtin:latest" in [model.model for model in client.list().models]
    assert "builtin:latest" in [model.name for model in client.ps().models]
    shown = client.show("builtin")
    assert shown.capabilities == ["completion", "tools"]
    assert shown.modelinfo["general.architecture"] == shown.details.family
    assert [line.status for line in client.pull("builtin", stream=True)] == ["success"]


def refused(status: int, **asked: object) -> str:
    """The words with which it is refused."""
    try:
        client.chat(**{"model": "builtin", "messages": HELLO} | asked)
    except ollama.ResponseError as error:
        return error.error if error.status_code == status else f"status {error.status_code}"
    return "nothing"


def errors() -> None:
    assert "not found" in refused(404, model="nothing")
    assert "does not support thinking" in refused(400, think=True)
    assert "temprature" in refused(400, options={"temprature": 1})


async def without_waiting() -> None:
    asynchronous = ollama.AsyncClient()
    pieces = [piece async for piece in await asynchronous.chat("builtin", messages=HELLO, options=SHORT, stream=True)]
    whole = await asynchronous.chat("builtin", messages=HELLO, options=SHORT)
    assert "".join(piece.message.content for piece in pieces) == whole.message.content


for step in (chat, generate, tools, forms, embeddings, models, errors):
    step()
    print("ok", step.__name__)
asyncio.run(without_waiting())
