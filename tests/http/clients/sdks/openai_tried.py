"""`openai`."""

import base64
import io

import openai
from proving import ANA, HELLO, KEY, PHOTO, SOUND, TOO_LONG, URL, WEATHER, proved, raised, refused_once, until_idle
from pydantic import BaseModel


class Person(BaseModel):
    name: str
    age: int


client = openai.OpenAI(base_url=f"{URL}/v1")


def ask(content, model="builtin", client=client, **options):
    options = {"max_tokens": 80, "temperature": 0} | options
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": content}], **options)


whole = ask(HELLO)
assert whole.choices[0].message.content
assert whole.usage.completion_tokens > 0
proved("chat", "token counts")
chunks = list(ask(HELLO, stream=True, stream_options={"include_usage": True}))
text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
assert text == whole.choices[0].message.content
assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens
proved("stream")
stream = ask(HELLO, "slow", max_tokens=2000, stream=True)
next(iter(stream))
stream.close()
until_idle()
proved("leaving in the middle")
parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
tool = {"type": "function", "function": {"name": "get_weather", "parameters": parameters}}
(call,) = ask(WEATHER, tools=[tool], tool_choice="required").choices[0].message.tool_calls
assert call.function.name == "get_weather"
proved("tools")
said = [{"role": "user", "content": ANA}]
parsed = client.chat.completions.parse(model="builtin", messages=said, response_format=Person, max_tokens=80)
assert parsed.choices[0].message.parsed.age == 31
proved("structured output")
first = client.responses.create(model="builtin", input=HELLO, max_output_tokens=40)
following = client.responses.create(
    model="builtin", input="Thank you!", previous_response_id=first.id, max_output_tokens=40
)
assert first.output_text
assert following.usage.input_tokens > first.usage.total_tokens
proved("responses")
assert len(client.embeddings.create(model="builtin", input=["one", "two"]).data) == 2
proved("embeddings")
image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PHOTO}"}}
assert ask([{"type": "text", "text": "What is this?"}, image], "seeing", max_tokens=5).usage.completion_tokens == 5
proved("images")
sound = {"type": "input_audio", "input_audio": {"data": SOUND, "format": "wav"}}
assert ask([{"type": "text", "text": "What is this?"}, sound], "seeing", max_tokens=5).usage.completion_tokens == 5
file = ("speech.wav", io.BytesIO(base64.b64decode(SOUND)))
assert client.audio.transcriptions.create(model="seeing", file=file, extra_body={"max_tokens": 4}).text
proved("sound")
assert "builtin" in [model.id for model in client.models.list()]
proved("list of models")
error = refused_once(lambda: ask(TOO_LONG), openai.BadRequestError)
assert error.code == "context_length_exceeded"
proved("overflow")
wrong = openai.OpenAI(base_url=f"{URL}/v1", api_key="wrong")
raised(lambda: ask(HELLO, client=wrong), openai.AuthenticationError)
proved("wrong key")
assert KEY
