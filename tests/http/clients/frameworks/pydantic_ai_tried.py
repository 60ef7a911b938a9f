"""`pydantic-ai`."""

import asyncio
import base64

from proving import ANA, HELLO, KEY, PHOTO, TOO_LONG, URL, WEATHER, asked, proved, until_idle
from pydantic import BaseModel
from pydantic_ai import Agent, BinaryContent
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.output import NativeOutput, ToolOutput
from pydantic_ai.providers.openai import OpenAIProvider


class Person(BaseModel):
    name: str
    age: int


def get_weather(city: str) -> str:
    """The current weather of a city."""
    return "sunny, 24 degrees"


def agent(name="builtin", key=KEY, kind=OpenAIChatModel, max_tokens=80, **options):
    model = kind(name, provider=OpenAIProvider(base_url=f"{URL}/v1", api_key=key))
    return Agent(model, model_settings={"max_tokens": max_tokens, "temperature": 0}, **options)


async def status_of(one, text) -> int | None:
    try:
        await one.run(text)
    except ModelHTTPError as error:
        return error.status_code
    return None


async def main() -> None:
    whole = await agent().run(HELLO)
    assert whole.output
    assert whole.usage.output_tokens > 0
    proved("chat", "token counts")
    async with agent().run_stream(HELLO) as stream:
        assert "".join([text async for text in stream.stream_text(delta=True)]) == whole.output
    proved("stream")
    async with agent("slow", max_tokens=2000).run_stream(HELLO) as stream:
        async for _ in stream.stream_text(delta=True):
            break
    await asyncio.to_thread(until_idle)
    proved("leaving in the middle")
    assert "sunny" in (await agent(tools=[get_weather]).run(WEATHER)).output
    proved("tools")
    for form in (NativeOutput(Person), ToolOutput(Person)):
        assert isinstance((await agent(output_type=form).run(ANA)).output, Person)
    proved("structured output")
    assert (await agent(kind=OpenAIResponsesModel).run(HELLO)).output == whole.output
    proved("responses")
    photo = BinaryContent(base64.b64decode(PHOTO), media_type="image/png")
    assert (await agent("seeing", max_tokens=5).run(["What is this?", photo])).usage.output_tokens == 5
    proved("images")
    before = asked()
    assert await status_of(agent(), TOO_LONG) == 400
    assert asked() == before + 1
    proved("overflow")
    assert await status_of(agent(key="wrong"), HELLO) == 401
    proved("wrong key")


asyncio.run(main())
