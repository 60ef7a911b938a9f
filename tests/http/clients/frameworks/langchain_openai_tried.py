"""`langchain-openai`."""

import openai
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
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
    options = {"max_tokens": 80, "temperature": 0} | options
    return ChatOpenAI(model=name, api_key=key, base_url=f"{URL}/v1", **options)


whole = model().invoke(HELLO)
assert whole.content
assert whole.usage_metadata["output_tokens"] > 0
proved("chat", "token counts")
assert "".join(chunk.content for chunk in model().stream(HELLO)) == whole.content
proved("stream")
stream = model("slow", max_tokens=2000).stream(HELLO)
next(stream)
stream.close()
until_idle()
proved("leaving in the middle")
(call,) = model().bind_tools([get_weather], tool_choice="required").invoke(WEATHER).tool_calls
assert call["name"] == "get_weather"
proved("tools")
for method in ("json_schema", "function_calling"):
    assert isinstance(model().with_structured_output(Person, method=method).invoke(ANA), Person)
proved("structured output")
assert model(use_responses_api=True).invoke(HELLO).text == whole.text
proved("responses")
embeddings = OpenAIEmbeddings(model="builtin", api_key=KEY, base_url=f"{URL}/v1", check_embedding_ctx_length=False)
assert len(embeddings.embed_documents(["one", "two"])) == 2
proved("embeddings")
image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PHOTO}"}}
message = HumanMessage([{"type": "text", "text": "What is this?"}, image])
assert model("seeing", max_tokens=5).invoke([message]).usage_metadata["output_tokens"] == 5
proved("images")
refused_once(lambda: model().invoke(TOO_LONG), openai.BadRequestError)
proved("overflow")
raised(lambda: model(key="wrong").invoke(HELLO), openai.AuthenticationError)
proved("wrong key")
