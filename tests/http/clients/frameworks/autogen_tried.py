"""`autogen-ext` and `autogen-agentchat`: a client of models and an agent."""

import asyncio

import openai
from autogen_agentchat.agents import AssistantAgent
from autogen_core import Image
from autogen_core.models import UserMessage
from autogen_ext.models.openai import OpenAIChatCompletionClient
from proving import ANA, HELLO, KEY, PHOTO, TOO_LONG, URL, WEATHER, asked, proved
from pydantic import BaseModel

INFO = {"vision": True, "function_calling": True, "json_output": True, "structured_output": True, "family": "unknown"}


class Person(BaseModel):
    name: str
    age: int


async def get_weather(city: str) -> str:
    """The current weather of a city."""
    return "sunny, 24 degrees"


def client(name="builtin", key=KEY, **options):
    options = {"max_tokens": 80, "temperature": 0} | options
    return OpenAIChatCompletionClient(model=name, base_url=f"{URL}/v1", api_key=key, model_info=INFO, **options)


def said(content):
    return [UserMessage(content=content, source="user")]


async def main() -> None:
    whole = await client().create(said(HELLO))
    assert whole.content
    assert whole.usage.completion_tokens > 0
    proved("chat", "token counts")
    pieces = [piece async for piece in client().create_stream(said(HELLO))]
    assert "".join(piece for piece in pieces if isinstance(piece, str)) == whole.content
    proved("stream")
    agent = AssistantAgent("helper", client(), tools=[get_weather], reflect_on_tool_use=True, system_message=None)
    assert "sunny" in (await agent.run(task=WEATHER)).messages[-1].content
    proved("tools")
    answer = await client().create(said(ANA), json_output=Person)
    assert Person.model_validate_json(answer.content).age == 31
    proved("structured output")
    picture = await client("seeing", max_tokens=5).create(said(["What is this?", Image.from_base64(PHOTO)]))
    assert picture.usage.completion_tokens == 5
    proved("images")
    before = asked()
    await fails(client(), TOO_LONG, openai.BadRequestError)
    assert asked() == before + 1
    proved("overflow")
    await fails(client(key="wrong"), HELLO, openai.AuthenticationError)
    proved("wrong key")


async def fails(one, text, error) -> None:
    try:
        await one.create(said(text))
    except error:
        return
    raise AssertionError("It did not fail.")


asyncio.run(main())
