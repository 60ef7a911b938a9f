"""`instructor`."""

from typing import Annotated, Literal

import instructor
import openai
from proving import HELLO, KEY, URL, proved, raised
from pydantic import BaseModel, Field


class Person(BaseModel):
    name: Literal["Ana", "Bob"]
    age: Annotated[int, Field(ge=0, le=99)]


def ask(mode, key=KEY, kind=Person, text="Ana is 31 years old. Who is it?", **options):
    client = instructor.from_openai(openai.OpenAI(base_url=f"{URL}/v1", api_key=key), mode=mode)
    options = {"temperature": 0, "max_tokens": 80, "max_retries": 0} | options
    return client.create(model="builtin", response_model=kind, messages=[{"role": "user", "content": text}], **options)


assert isinstance(ask(instructor.Mode.TOOLS), Person)
proved("tools")
assert isinstance(ask(instructor.Mode.JSON_SCHEMA), Person)
proved("structured output")
assert ask(instructor.Mode.TOOLS, kind=None, text=HELLO).choices[0].message.content
proved("chat")
pieces = list(ask(instructor.Mode.JSON_SCHEMA, kind=instructor.Partial[Person], stream=True))
assert pieces[-1].name == "Ana" or pieces[-1].name == "Bob"
proved("stream")
raised(lambda: ask(instructor.Mode.TOOLS, key="wrong"))
proved("wrong key")
