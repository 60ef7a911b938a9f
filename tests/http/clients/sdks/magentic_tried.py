"""`magentic`: functions that a model answers."""

import openai
from magentic import Chat, FunctionCall, OpenaiChatModel, StreamedStr, UserMessage, prompt
from proving import HELLO, KEY, TOO_LONG, URL, WEATHER, proved, raised, refused_once
from pydantic import BaseModel


class Person(BaseModel):
    name: str
    age: int


def get_weather(city: str) -> str:
    """The current weather of a city."""
    return "sunny, 24 degrees"


def model(name="builtin", key=KEY, **options):
    options = {"max_tokens": 80, "temperature": 0} | options
    return OpenaiChatModel(name, base_url=f"{URL}/v1", api_key=key, **options)


@prompt("{text}", model=model())
def ask(text: str) -> str: ...


@prompt("{text}", model=model())
def stream(text: str) -> StreamedStr: ...


@prompt("{text}", functions=[get_weather], model=model())
def calling(text: str) -> FunctionCall[str]: ...


@prompt("Extract the person as JSON: Ana is 31 years old.", model=model())
def person() -> Person: ...


whole = ask(HELLO)
assert whole
proved("chat")
assert "".join(stream(HELLO)) == whole
proved("stream")
assert calling(WEATHER)() == "sunny, 24 degrees"
proved("tools")
assert isinstance(person(), Person)
proved("structured output")
chat = Chat([UserMessage(HELLO)], model=model()).submit()
assert chat.last_message.usage.output_tokens > 0
proved("token counts")
refused_once(lambda: ask(TOO_LONG), openai.BadRequestError)
proved("overflow")
raised(lambda: Chat([UserMessage(HELLO)], model=model(key="wrong")).submit(), openai.AuthenticationError)
proved("wrong key")
