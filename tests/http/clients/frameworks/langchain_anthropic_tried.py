"""`langchain-anthropic`."""

import anthropic
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from proving import ANA, HELLO, KEY, PHOTO, TOO_LONG, URL, WEATHER, proved, raised, refused_once, until_idle
from pydantic import BaseModel


class Person(BaseModel):
    """A person."""

    name: str
    age: int


@tool
def get_weather(city: str) -> str:
    """The current weather of a city."""
    return f"sunny in {city}"


def model(name="builtin", key=KEY, **options):
    return ChatAnthropic(model=name, api_key=key, base_url=URL, max_tokens=options.pop("max_tokens", 80), **options)


whole = model().invoke(HELLO)
assert whole.content
assert whole.usage_metadata["output_tokens"] > 0
proved("chat", "token counts")
assert "".join(chunk.text for chunk in model().stream(HELLO))
proved("stream")
for _ in model("slow", max_tokens=2000).stream(HELLO):
    break
until_idle()
proved("leaving in the middle")
(call,) = model().bind_tools([get_weather], tool_choice="any").invoke(WEATHER).tool_calls
assert call["name"] == "get_weather"
proved("tools")
assert isinstance(model().with_structured_output(Person, method="function_calling").invoke(ANA), Person)
assert isinstance(model().with_structured_output(Person, method="json_schema").invoke(ANA), Person)
proved("structured output")
image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PHOTO}}
message = HumanMessage([{"type": "text", "text": "What is this?"}, image])
assert model("seeing", max_tokens=5).invoke([message]).response_metadata["usage"]["output_tokens"] == 5
proved("images")
error = refused_once(lambda: model().invoke(TOO_LONG), anthropic.BadRequestError)
assert "prompt is too long" in str(error)
proved("overflow")
raised(lambda: model(key="wrong").invoke(HELLO), anthropic.AuthenticationError)
proved("wrong key")
