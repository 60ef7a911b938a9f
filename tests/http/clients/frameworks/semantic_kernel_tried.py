"""`semantic-kernel`: its chat and embeddings for OpenAI's API."""

import asyncio

import openai
from proving import ANA, HELLO, KEY, PHOTO, TOO_LONG, URL, WEATHER, asked, proved, until_idle
from pydantic import BaseModel
from semantic_kernel import Kernel
from semantic_kernel.connectors.ai import FunctionChoiceBehavior
from semantic_kernel.connectors.ai.open_ai import (
    OpenAIChatCompletion,
    OpenAIChatPromptExecutionSettings,
    OpenAITextEmbedding,
)
from semantic_kernel.contents import ChatHistory, ChatMessageContent, ImageContent, TextContent
from semantic_kernel.exceptions import ServiceResponseException
from semantic_kernel.functions import kernel_function


class Person(BaseModel):
    name: str
    age: int


class Weather:
    @kernel_function(description="The current weather of a city.")
    def get_weather(self, city: str) -> str:
        return "sunny, 24 degrees"


def service(name="builtin", key=KEY):
    client = openai.AsyncOpenAI(base_url=f"{URL}/v1", api_key=key)
    return OpenAIChatCompletion(ai_model_id=name, async_client=client)


def settings(**options):
    return OpenAIChatPromptExecutionSettings(**{"max_tokens": 80, "temperature": 0} | options)


def said(text):
    history = ChatHistory()
    history.add_user_message(text)
    return history


async def main() -> None:
    whole = await service().get_chat_message_content(said(HELLO), settings())
    assert str(whole)
    assert whole.metadata["usage"].completion_tokens > 0
    proved("chat", "token counts")
    stream = service().get_streaming_chat_message_content(said(HELLO), settings())
    assert "".join([str(piece) async for piece in stream if piece]) == str(whole)
    proved("stream")
    stream = service("slow").get_streaming_chat_message_content(said(HELLO), settings(max_tokens=2000))
    await anext(stream)
    await stream.aclose()
    await asyncio.to_thread(until_idle)
    proved("leaving in the middle")
    kernel = Kernel()
    kernel.add_plugin(Weather(), "weather")
    calling = settings(function_choice_behavior=FunctionChoiceBehavior.Required(auto_invoke=False))
    answer = await service().get_chat_message_content(said(WEATHER), calling, kernel=kernel)
    assert answer.items[0].name == "weather-get_weather"
    proved("tools")
    answer = await service().get_chat_message_content(said(ANA), settings(response_format=Person))
    assert Person.model_validate_json(str(answer)).age == 31
    proved("structured output")
    embedding = OpenAITextEmbedding(
        ai_model_id="builtin", async_client=openai.AsyncOpenAI(base_url=f"{URL}/v1", api_key=KEY)
    )
    assert len(await embedding.generate_embeddings(["one", "two"])) == 2
    proved("embeddings")
    photo = ImageContent(data_uri=f"data:image/png;base64,{PHOTO}")
    message = ChatMessageContent(role="user", items=[TextContent(text="What is this?"), photo])
    answer = await service("seeing").get_chat_message_content(ChatHistory(messages=[message]), settings(max_tokens=5))
    assert answer.metadata["usage"].completion_tokens == 5
    proved("images")
    before = asked()
    await fails(service(), TOO_LONG)
    assert asked() == before + 1
    proved("overflow")
    await fails(service(key="wrong"), HELLO)
    proved("wrong key")


async def fails(one, text) -> None:
    try:
        await one.get_chat_message_content(said(text), settings())
    except ServiceResponseException:
        return
    raise AssertionError("It did not fail.")


asyncio.run(main())
