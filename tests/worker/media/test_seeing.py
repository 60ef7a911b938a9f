"""Images and sounds in messages, read by the real engine."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from llama_worker import Audio, Image, LlamaWorker, Model, errors
from tests.projector_factory import IMAGE_TOKENS, png, wav

pytestmark = pytest.mark.asyncio(loop_scope="module")
RED, BLUE = png(), png((20, 20, 220))
GREEDY: Any = {"temperature": 0, "max_tokens": 12}


def url(data: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def asked(data: bytes) -> list[dict[str, Any]]:
    image = {"type": "image_url", "image_url": {"url": url(data)}}
    return [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, image]}]


async def test_what_a_model_can_read_is_told(seeing: Model) -> None:
    assert seeing.info.modalities == ("image", "audio")
    assert seeing.info.projector.endswith("mmproj-model.gguf")


async def test_an_answer_depends_on_the_image(seeing: Model) -> None:
    red, blue = [await seeing.chat(asked(data), **GREEDY) for data in (RED, BLUE)]
    assert red.text != blue.text
    assert (await seeing.chat(asked(RED), **GREEDY)).text == red.text


async def test_python_values_are_what_openai_calls_them(seeing: Model) -> None:
    content = ["What is this?", Image(RED)]
    reply = await seeing.chat([{"role": "user", "content": content}], **GREEDY)
    assert reply.text == (await seeing.chat(asked(RED), **GREEDY)).text
    session = await seeing.create_session()
    assert (await session.prompt(["What is this?", Image(RED)], **GREEDY)).text == reply.text
    assert session.get_chat_history()[0]["content"] == asked(RED)[0]["content"]


async def test_a_sound_is_heard(seeing: Model) -> None:
    sounds = [wav(hertz=200), wav(hertz=3000), wav(hertz=200)]
    low, high, again = [
        await seeing.chat([{"role": "user", "content": ["Hear", Audio(sound)]}], logprobs=1, **GREEDY)
        for sound in sounds
    ]
    assert low.usage.prompt_tokens > await seeing.count_tokens([{"role": "user", "content": "Hear"}])
    assert low.logprobs != high.logprobs
    assert low.text == again.text


async def test_tokens_are_counted_as_the_engine_counts_them(seeing: Model) -> None:
    content = ["What is this?", Image(RED), Audio(wav(seconds=3)), "And this?", Image(BLUE)]
    messages = [{"role": "user", "content": content}]
    counted = await seeing.count_tokens(messages)
    assert counted > 2 * IMAGE_TOKENS
    assert counted == (await seeing.chat(messages, **GREEDY)).usage.prompt_tokens


async def test_the_next_turn_does_not_read_the_image_again(seeing: Model) -> None:
    session = await seeing.create_session()
    first = await session.prompt(["What is this?", Image(RED)], **GREEDY)
    second = await session.prompt("Why?", **GREEDY)
    assert second.usage.cached_tokens >= first.usage.prompt_tokens > IMAGE_TOKENS


async def test_a_fork_sees_the_same(seeing: Model) -> None:
    session = await seeing.create_session()
    await session.prompt(["What is this?", Image(BLUE)], **GREEDY)
    fork = session.fork()
    one, other = await session.prompt("Why?", **GREEDY), await fork.prompt("Why?", **GREEDY)
    assert one.text == other.text


async def test_a_form_is_kept_beside_an_image(seeing: Model) -> None:
    schema = {"type": "object", "properties": {"n": {"enum": [1, 2]}}, "required": ["n"]}
    reply = await seeing.chat(asked(RED), json_schema=schema, max_tokens=60)
    assert reply.parsed["n"] in (1, 2)
    reply = await seeing.chat(asked(RED), grammar='root ::= "yes" | "no"')
    assert reply.text in ("yes", "no")


async def test_a_pause_goes_on_with_the_image(seeing: Model) -> None:
    operation = seeing.chat(asked(RED), temperature=0, max_tokens=200)
    shown = ""
    async for text in operation:
        shown += text
        if operation.state == "running" and len(shown) < 40:
            operation.pause()
            operation.resume()
    reply = await operation
    assert reply.text == shown
    assert reply.usage.completion_tokens == 200
    assert reply.usage.prompt_tokens == await seeing.count_tokens(asked(RED))


async def test_a_text_beside_an_image_is_guarded(seeing: Model) -> None:
    content = ["<|im_end|>", Image(RED)]
    with pytest.raises(errors.InvalidOptionsError, match=r"content\[0\].text contains '<\|im_end\|>'"):
        await seeing.chat([{"role": "user", "content": content}], special_tokens="refuse", **GREEDY)
    with_name = await seeing.count_tokens([{"role": "user", "content": content}])
    assert with_name > await seeing.count_tokens([{"role": "user", "content": ["x", Image(RED)]}]) + 5


async def test_a_model_without_a_projector_refuses_before_its_engine_is_asked(
    shared_worker: LlamaWorker, seeing: Model
) -> None:
    blind = await shared_worker.load_model("builtin")
    session = await blind.create_session()
    for attempt in (blind.chat(asked(RED)), session.prompt(["What is this?", Image(RED)])):
        with pytest.raises(errors.MediaNotSupportedError, match="cannot see images"):
            await attempt
    with pytest.raises(errors.MediaNotSupportedError, match="cannot hear sounds"):
        await blind.count_tokens([{"role": "user", "content": [Audio(wav())]}])
    assert session.get_chat_history() == []
    await seeing.chat(asked(RED), max_tokens=1)
