"""`haystack-ai`: its generator and embedders for OpenAI's API."""

import openai
from haystack.components.embedders import OpenAIDocumentEmbedder
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage, Document, ImageContent
from haystack.tools import Tool
from haystack.utils import Secret
from proving import ANA, HELLO, KEY, PHOTO, TOO_LONG, URL, WEATHER, proved, raised, refused_once
from pydantic import BaseModel


class Person(BaseModel):
    name: str
    age: int


def place(key=KEY):
    return {"api_base_url": f"{URL}/v1", "api_key": Secret.from_token(key)}


def ask(text, model="builtin", key=KEY, tools=None, streaming=None, **options):
    options = {"max_tokens": 80, "temperature": 0} | options
    generator = OpenAIChatGenerator(
        model=model, generation_kwargs=options, tools=tools, streaming_callback=streaming, **place(key)
    )
    message = text if isinstance(text, ChatMessage) else ChatMessage.from_user(text)
    return generator.run([message])["replies"][0]


whole = ask(HELLO)
assert whole.text
assert whole.meta["usage"]["completion_tokens"] > 0
proved("chat", "token counts")
pieces = []
assert ask(HELLO, streaming=lambda chunk: pieces.append(chunk.content)).text == whole.text == "".join(pieces)
assert len(pieces) > 2
proved("stream")
parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
tool = Tool("get_weather", "The current weather of a city.", parameters, function=lambda city: f"sunny in {city}")
(call,) = ask(WEATHER, tools=[tool]).tool_calls
assert (call.tool_name, call.arguments) == ("get_weather", {"city": "Lisbon"})
proved("tools")
assert Person.model_validate_json(ask(ANA, response_format=Person).text).age == 31
proved("structured output")
documents = OpenAIDocumentEmbedder(model="builtin", progress_bar=False, **place()).run([Document(content="one")])
assert documents["documents"][0].embedding
proved("embeddings")
image = ChatMessage.from_user(content_parts=["What is this?", ImageContent(PHOTO, mime_type="image/png")])
assert ask(image, "seeing", max_tokens=5).meta["usage"]["completion_tokens"] == 5
proved("images")
refused_once(lambda: ask(TOO_LONG), openai.BadRequestError)
proved("overflow")
raised(lambda: ask(HELLO, key="wrong"), openai.AuthenticationError)
proved("wrong key")
