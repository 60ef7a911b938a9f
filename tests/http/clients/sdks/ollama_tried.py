"""`ollama`."""

import ollama
from proving import ANA, HELLO, KEY, PHOTO, TOO_LONG, URL, WEATHER, proved, raised, refused_once, until_idle
from pydantic import BaseModel


class Person(BaseModel):
    name: str
    age: int


def get_weather(city: str) -> str:
    """The current weather of a city."""
    return "sunny, 24 degrees"


def client(key=KEY):
    return ollama.Client(URL, headers={"Authorization": f"Bearer {key}"})


def ask(content, model="builtin", key=KEY, images=None, options=None, **others):
    message = {"role": "user", "content": content} | ({"images": images} if images else {})
    options = {"temperature": 0, "num_predict": 80} | (options or {})
    return client(key).chat(model, messages=[message], options=options, **others)


whole = ask(HELLO)
assert whole.message.content
assert whole.eval_count > 0
proved("chat", "token counts")
assert "".join(piece.message.content for piece in ask(HELLO, stream=True)) == whole.message.content
proved("stream")
stream = ask(HELLO, "slow", options={"num_predict": 2000}, stream=True)
next(stream)
stream.close()
until_idle()
proved("leaving in the middle")
(call,) = ask(WEATHER, tools=[get_weather]).message.tool_calls
assert call.function.arguments == {"city": "Lisbon"}
proved("tools")
assert Person.model_validate_json(ask(ANA, format=Person.model_json_schema()).message.content).age == 31
proved("structured output")
assert len(client().embed("builtin", ["one", "two"]).embeddings) == 2
proved("embeddings")
assert ask("What is this?", "seeing", images=[PHOTO], options={"num_predict": 5}).eval_count == 5
proved("images")
assert "builtin:latest" in [model.model for model in client().list().models]
proved("list of models")
error = refused_once(lambda: ask(TOO_LONG), ollama.ResponseError)
assert error.status_code == 400
proved("overflow")
error = raised(lambda: ask(HELLO, key="wrong"), ollama.ResponseError)
assert error.status_code == 401
proved("wrong key")
