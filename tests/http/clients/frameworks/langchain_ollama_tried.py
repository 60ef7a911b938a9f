"""`langchain-ollama`."""

import ollama
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from langchain_ollama import ChatOllama, OllamaEmbeddings
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


def settings(key=KEY):
    return {"base_url": URL, "client_kwargs": {"headers": {"Authorization": f"Bearer {key}"}}}


def model(name="builtin", key=KEY, **options):
    return ChatOllama(model=name, temperature=0, **{"num_predict": 80} | options, **settings(key))


whole = model().invoke(HELLO)
assert whole.content
assert whole.usage_metadata["output_tokens"] > 0
proved("chat", "token counts")
assert "".join(chunk.content for chunk in model().stream(HELLO)) == whole.content
proved("stream")
for _ in model("slow", num_predict=2000).stream(HELLO):
    break
until_idle()
proved("leaving in the middle")
(call,) = model().bind_tools([get_weather]).invoke(WEATHER).tool_calls
assert (call["name"], call["args"]) == ("get_weather", {"city": "Lisbon"})
proved("tools")
assert isinstance(model().with_structured_output(Person).invoke(ANA), Person)
proved("structured output")
assert len(OllamaEmbeddings(model="builtin", **settings()).embed_documents(["one", "two"])) == 2
proved("embeddings")
image = {"type": "image_url", "image_url": f"data:image/png;base64,{PHOTO}"}
message = HumanMessage([{"type": "text", "text": "What is this?"}, image])
assert model("seeing", num_predict=5).invoke([message]).usage_metadata["output_tokens"] == 5
proved("images")
refused_once(lambda: model().invoke(TOO_LONG), ollama.ResponseError)
proved("overflow")
raised(lambda: model(key="wrong").invoke(HELLO), ollama.ResponseError)
proved("wrong key")
