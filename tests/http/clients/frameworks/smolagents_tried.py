"""`smolagents`: its model for OpenAI's API, and an agent that calls a tool."""

import openai
from proving import HELLO, KEY, TOO_LONG, URL, WEATHER, proved, raised, until_idle
from smolagents import OpenAIModel, tool


@tool
def get_weather(city: str) -> str:
    """The current weather of a city.

    Args:
        city: The city.
    """
    return f"sunny in {city}"


def model(name="builtin", key=KEY, **options):
    options = {"max_tokens": 80, "temperature": 0} | options
    return OpenAIModel(model_id=name, api_base=f"{URL}/v1", api_key=key, **options)


hello = [{"role": "user", "content": [{"type": "text", "text": HELLO}]}]
whole = model().generate(hello)
assert whole.content
assert whole.token_usage.output_tokens > 0
proved("chat", "token counts")
assert "".join(delta.content or "" for delta in model().generate_stream(hello)) == whole.content
proved("stream")
stream = model("slow", max_tokens=2000).generate_stream(hello)
next(stream)
stream.close()
until_idle()
proved("leaving in the middle")
weather = [{"role": "user", "content": [{"type": "text", "text": WEATHER}]}]
(call,) = model().generate(weather, tools_to_call_from=[get_weather]).tool_calls
assert call.function.name == "get_weather"
proved("tools")
form = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
asked_form = {"type": "json_schema", "json_schema": {"name": "age", "schema": form}}
assert "age" in model().generate(hello, response_format=asked_form).content
proved("structured output")
too_long = [{"role": "user", "content": [{"type": "text", "text": TOO_LONG}]}]
raised(lambda: model().generate(too_long), openai.BadRequestError)
proved("overflow")
raised(lambda: model(key="wrong").generate(hello), openai.AuthenticationError)
proved("wrong key")
