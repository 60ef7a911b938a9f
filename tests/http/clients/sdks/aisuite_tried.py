"""`aisuite`: its provider for OpenAI's API."""

import aisuite
import openai
from proving import HELLO, KEY, TOO_LONG, URL, WEATHER, proved, raised


def get_weather(city: str) -> str:
    """The current weather of a city."""
    return "sunny, 24 degrees"


def ask(text, key=KEY, **options):
    client = aisuite.Client({"openai": {"api_key": key, "base_url": f"{URL}/v1"}})
    options = {"max_tokens": 80, "temperature": 0} | options
    return client.chat.completions.create("openai:builtin", [{"role": "user", "content": text}], **options)


assert ask(HELLO).choices[0].message.content
proved("chat")
assert "sunny" in ask(WEATHER, tools=[get_weather], max_turns=3).choices[0].message.content
proved("tools")
raised(lambda: ask(TOO_LONG))
proved("overflow")
raised(lambda: ask(HELLO, key="wrong"))
proved("wrong key")
assert openai
