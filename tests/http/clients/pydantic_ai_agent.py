"""`pydantic-ai`: an agent that answers, streams and gives a typed result."""

from __future__ import annotations

import asyncio

from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.output import NativeOutput, ToolOutput


class Person(BaseModel):
    name: str
    age: int


async def main() -> None:
    model = OpenAIChatModel("builtin")
    agent = Agent(model, instructions="You are helpful.", model_settings={"max_tokens": 80, "temperature": 0})
    result = await agent.run("Hello!")
    assert result.output
    assert result.usage.output_tokens > 0
    async with agent.run_stream("Hello!") as stream:
        assert "".join([text async for text in stream.stream_text(delta=True)]) == result.output
    typed = Agent(model, output_type=NativeOutput(Person), model_settings={"max_tokens": 80, "temperature": 0})
    asked = "Ana is 31 years old. Answer with JSON: name, age."
    assert isinstance((await typed.run(asked)).output, Person)
    forced = Agent(model, output_type=ToolOutput(Person), model_settings={"max_tokens": 80, "temperature": 0})
    assert isinstance((await forced.run(asked)).output, Person)


asyncio.run(main())
print("ok")
