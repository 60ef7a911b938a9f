"""`agno`: its model for servers like OpenAI's, and agents."""

from agno.agent import Agent
from agno.media import Image
from agno.models.openai.like import OpenAILike
from agno.run.base import RunStatus
from proving import ANA, HELLO, KEY, PHOTO, TOO_LONG, URL, WEATHER, asked, proved
from pydantic import BaseModel


class Person(BaseModel):
    name: str
    age: int


def get_weather(city: str) -> str:
    """The current weather of a city."""
    return "sunny, 24 degrees"


def agent(name="builtin", key=KEY, max_tokens=80, **options):
    model = OpenAILike(id=name, base_url=f"{URL}/v1", api_key=key, max_tokens=max_tokens, temperature=0)
    return Agent(model=model, telemetry=False, **options)


whole = agent().run(HELLO)
assert whole.content
assert whole.metrics.output_tokens > 0
proved("chat", "token counts")
assert "".join(event.content or "" for event in agent().run(HELLO, stream=True)) == whole.content
proved("stream")
assert "sunny" in agent(tools=[get_weather]).run(WEATHER).content
proved("tools")
assert isinstance(agent(output_schema=Person).run(ANA).content, Person)
proved("structured output")
import base64  # noqa: E402

photo = Image(content=base64.b64decode(PHOTO), mime_type="image/png")
assert agent("seeing", max_tokens=5).run("What is this?", images=[photo]).metrics.output_tokens == 5
proved("images")
before = asked()
refused = agent().run(TOO_LONG)
assert refused.status == RunStatus.error
assert "exceeds the available context size" in refused.content
assert asked() == before + 1
proved("overflow")
assert agent(key="wrong").run(HELLO).content == "A valid API key is required."
proved("wrong key")
