"""`llama-index-llms-openai-like` and its embeddings."""

import openai
from llama_index.core.base.llms.types import ChatMessage, ImageBlock, TextBlock
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from llama_index.llms.openai_like import OpenAILike
from proving import ANA, HELLO, KEY, PHOTO, TOO_LONG, URL, WEATHER, proved, raised, refused_once, until_idle
from pydantic import BaseModel


class Person(BaseModel):
    """A person."""

    name: str
    age: int


def get_weather(city: str) -> str:
    """The current weather of a city."""
    return f"sunny in {city}"


def model(name="builtin", key=KEY, **options):
    options = {"max_tokens": 80, "temperature": 0} | options
    return OpenAILike(
        name, api_base=f"{URL}/v1", api_key=key, is_chat_model=True, is_function_calling_model=True, **options
    )


hello = [ChatMessage(HELLO)]
whole = model().chat(hello)
assert whole.message.content
assert whole.raw.usage.completion_tokens > 0
proved("chat", "token counts")
assert [chunk.message.content for chunk in model().stream_chat(hello)][-1] == whole.message.content
proved("stream")
stream = model("slow", max_tokens=2000).stream_chat(hello)
next(stream)
stream.close()
until_idle()
proved("leaving in the middle")
tool = FunctionTool.from_defaults(get_weather)
answer = model().chat_with_tools([tool], user_msg=WEATHER, tool_required=True)
(call,) = model().get_tool_calls_from_response(answer)
assert call.tool_name == "get_weather"
proved("tools")
assert isinstance(model().as_structured_llm(Person).complete(ANA).raw, Person)
proved("structured output")
embeddings = OpenAILikeEmbedding(model_name="builtin", api_base=f"{URL}/v1", api_key=KEY)
assert len(embeddings.get_text_embedding_batch(["one", "two"])) == 2
proved("embeddings")
blocks = [TextBlock(text="What is this?"), ImageBlock(image=PHOTO.encode(), image_mimetype="image/png")]
assert model("seeing", max_tokens=5).chat([ChatMessage(blocks=blocks)]).raw.usage.completion_tokens == 5
proved("images")
refused_once(lambda: model().chat([ChatMessage(TOO_LONG)]), openai.BadRequestError)
proved("overflow")
raised(lambda: model(key="wrong").chat(hello), openai.AuthenticationError)
proved("wrong key")
