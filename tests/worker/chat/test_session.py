"""What the built-in model does through a session: calls a function, fills a model, remembers a name."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel, Field

from llama_worker import Model
from llama_worker.messages.events import ToolCalled, ToolReturned

pytestmark = pytest.mark.asyncio(loop_scope="module")


def get_weather(city: str) -> str:
    """Current weather in a city.

    Args:
        city: the name of the city
    """
    return "sunny, 21 degrees"


class Person(BaseModel):
    name: str = Field(max_length=20)
    age: int = Field(ge=0, le=120)


async def test_it_answers_about_the_weather_by_calling_a_function(small: Model) -> None:
    session = await small.create_session()
    operation = session.prompt("What is the weather in Paris?", functions=[get_weather], temperature=0)
    events = [event async for event in operation.events()]
    reply = await operation
    called = next(event for event in events if isinstance(event, ToolCalled))
    assert "Paris" in called.arguments
    assert next(event for event in events if isinstance(event, ToolReturned)).result == "sunny, 21 degrees"
    assert "sunny" in reply.text
    assert "21" in reply.text
    assert [message["role"] for message in session.get_chat_history()] == ["user", "assistant", "tool", "assistant"]


async def test_it_fills_a_pydantic_model(small: Model) -> None:
    question = "Ana is 31 years old. Answer with JSON: name, age."
    reply = await small.chat([{"role": "user", "content": question}], response_format=Person, temperature=0)
    assert reply.parsed == Person(name="Ana", age=31)


RESTORE = """
import asyncio, sys
from llama_worker import LlamaWorker

async def main():
    async with LlamaWorker() as worker:
        model = await worker.load_model("builtin")
        session = await model.load_session(sys.argv[1])
        reply = await session.prompt("What is my name?", temperature=0)
        print(reply.text, reply.usage.cached_tokens)

asyncio.run(main())
"""


@pytest.mark.parametrize("include_state", [False, True])
async def test_it_remembers_a_name_in_a_new_process(small: Model, tmp_path: Path, include_state: bool) -> None:
    session = await small.create_session(system_prompt="You are helpful.")
    await session.prompt("My name is Ana.", temperature=0)
    await session.save(tmp_path / "session", include_state=include_state)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RESTORE, tmp_path / "session", stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    answer, _, cached = output.decode().strip().rpartition(" ")
    assert process.returncode == 0
    assert "Ana" in answer
    assert (int(cached) > 10) is include_state
