"""`langchain-openai`: a message, a stream, tools, structured output, embeddings."""

from __future__ import annotations

from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel


class Person(BaseModel):
    """A person."""

    name: str
    age: int


@tool
def get_weather(city: str) -> str:
    """Get the weather of a city."""
    return f"sunny in {city}"


model = ChatOpenAI(model="builtin", temperature=0, max_tokens=80)
whole = model.invoke("Hello!")
assert whole.content
assert whole.usage_metadata["output_tokens"] > 0
assert "".join(chunk.content for chunk in model.stream("Hello!")) == whole.content
answer = model.bind_tools([get_weather], tool_choice="required").invoke("What is the weather in Paris?")
assert answer.tool_calls[0]["name"] == "get_weather"
named = model.bind_tools([get_weather], tool_choice="get_weather").invoke("Hello!")
assert [call["name"] for call in named.tool_calls] == ["get_weather"]
asked = "Ana is 31 years old. Answer with JSON: name, age."
assert isinstance(model.with_structured_output(Person).invoke(asked), Person)
assert isinstance(model.with_structured_output(Person, method="function_calling").invoke(asked), Person)
vectors = OpenAIEmbeddings(model="builtin", check_embedding_ctx_length=False).embed_documents(["one", "two"])
assert len(vectors) == 2
print("ok")
