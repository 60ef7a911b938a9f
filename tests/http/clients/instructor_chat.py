"""`instructor`: a value of a type, asked for by a forced tool and by a schema."""

from __future__ import annotations

from typing import Annotated, Literal

import instructor
import openai
from pydantic import BaseModel, Field


class Person(BaseModel):
    name: Literal["Ana", "Bob"]
    age: Annotated[int, Field(ge=0, le=99)]


ASKED = {
    "model": "builtin",
    "messages": [{"role": "user", "content": "Ana is 31 years old. Who is it?"}],
    "temperature": 0,
    "max_tokens": 80,
    "max_retries": 0,
}
for mode in (instructor.Mode.TOOLS, instructor.Mode.JSON_SCHEMA):
    client = instructor.from_openai(openai.OpenAI(), mode=mode)
    assert isinstance(client.create(response_model=Person, **ASKED), Person), mode
print("ok")
