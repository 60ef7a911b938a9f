"""`guidance`: a program over chat, with a choice that is enforced by a schema."""

import guidance
from guidance import assistant, gen, json, user
from proving import HELLO, KEY, URL, proved
from pydantic import BaseModel


class Person(BaseModel):
    name: str
    age: int


from guidance.models import OpenAI  # noqa: E402

lm = OpenAI("builtin", base_url=f"{URL}/v1", api_key=KEY, echo=False)
with user():
    chat = lm + HELLO
with assistant():
    chat += gen("text", max_tokens=40)
assert chat["text"]
proved("chat", "stream")
with user():
    form = lm + "Extract the person as JSON: Ana is 31 years old."
with assistant():
    form += json("person", schema=Person)
assert Person.model_validate_json(form["person"]).age == 31
proved("structured output")
assert guidance
