"""`openai-agents`: agents over chat completions and over responses."""

import asyncio

import openai
from agents import (
    Agent,
    ModelSettings,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    Runner,
    function_tool,
    set_tracing_disabled,
)
from proving import ANA, HELLO, KEY, TOO_LONG, URL, WEATHER, asked, proved
from pydantic import BaseModel

set_tracing_disabled(True)


class Person(BaseModel):
    name: str
    age: int


@function_tool
def get_weather(city: str) -> str:
    """The current weather of a city."""
    return "sunny, 24 degrees"


def agent(kind, key=KEY, **options):
    client = openai.AsyncOpenAI(base_url=f"{URL}/v1", api_key=key)
    settings = ModelSettings(temperature=0, max_tokens=80)
    return Agent("helper", model=kind("builtin", client), model_settings=settings, **options)


async def tried(kind) -> None:
    whole = await Runner.run(agent(kind), HELLO)
    assert whole.final_output
    assert whole.context_wrapper.usage.output_tokens > 0
    stream = Runner.run_streamed(agent(kind), HELLO)
    kinds = {event.type async for event in stream.stream_events()}
    assert "raw_response_event" in kinds
    assert stream.final_output == whole.final_output
    told = await Runner.run(agent(kind, tools=[get_weather]), WEATHER)
    assert "sunny" in told.final_output
    assert isinstance((await Runner.run(agent(kind, output_type=Person), ANA)).final_output, Person)
    before = asked()
    await fails(agent(kind), TOO_LONG, openai.BadRequestError)
    assert asked() == before + 1
    await fails(agent(kind, key="wrong"), HELLO, openai.AuthenticationError)


async def fails(one, text, error) -> None:
    try:
        await Runner.run(one, text)
    except error:
        return
    raise AssertionError("It did not fail.")


asyncio.run(tried(OpenAIChatCompletionsModel))
proved("chat", "stream", "token counts", "tools", "structured output", "overflow", "wrong key")
asyncio.run(tried(OpenAIResponsesModel))
proved("responses")
