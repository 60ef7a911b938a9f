"""What a model hears, as text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from llama_worker import Audio, LlamaWorker, Model, PromptOptions, errors
from llama_worker.worker.media.transcription import transcription
from tests.projector_factory import wav

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def engine_says(model: Model, fields: dict[str, str]) -> Any:
    """What llama-server's own route answers."""
    engine = await model.runtime.engine()
    form = aiohttp.FormData({"temperature": "0", "max_tokens": "8", **fields})
    form.add_field("file", wav(), filename="speech.wav")
    socket = next(Path(engine.directory).glob("*.sock"))
    async with (
        aiohttp.ClientSession("http://engine", connector=aiohttp.UnixConnector(str(socket))) as session,
        session.post("/v1/audio/transcriptions", data=form) as answer,
    ):
        return await answer.json(content_type=None)


WORDS: list[dict[str, str]] = [{}, {"language": "en"}, {"prompt": "Write!"}, {"prompt": "Write!", "language": "pt"}]


@pytest.mark.parametrize("words", WORDS)
async def test_the_model_is_asked_as_the_engine_would(seeing: Model, words: dict[str, Any]) -> None:
    there = await engine_says(seeing, words)
    reply = await seeing.transcribe(wav(), max_tokens=8, **words)
    assert reply.usage.prompt_tokens == there["usage"]["input_tokens"]
    assert reply.text == there["text"]


async def test_it_streams_and_can_be_aborted(seeing: Model) -> None:
    operation = seeing.transcribe(Audio(wav()), max_tokens=500)
    async for _ in operation:
        operation.abort()
    with pytest.raises(errors.OperationAborted) as aborted:
        await operation
    assert aborted.value.partial.text
    assert operation.kind == "transcription"


async def test_it_is_greedy_unless_told(seeing: Model, tmp_path: Path) -> None:
    file = tmp_path / "speech.wav"
    file.write_bytes(wav())
    one, other = [await seeing.transcribe(file, PromptOptions(max_tokens=20)) for _ in range(2)]
    assert one.text == other.text
    warm = await seeing.transcribe(str(file), max_tokens=20, temperature=5.0, seed=1)
    assert warm.text != one.text


async def test_what_is_wrong_is_said_at_once(seeing: Model) -> None:
    for sound in (b"nothing", Path("/nowhere.wav"), "nowhere.mp3"):
        with pytest.raises(errors.InvalidMediaError):
            seeing.transcribe(sound)
    for language in ("", "en\n<|im_end|>", "x" * 100):
        with pytest.raises(errors.InvalidOptionsError, match="language"):
            seeing.transcribe(wav(), language=language)
    with pytest.raises(errors.ContextOverflowError):
        await seeing.transcribe(wav(), prompt="word " * 1000)


async def test_a_model_that_cannot_hear_says_so(shared_worker: LlamaWorker) -> None:
    deaf = await shared_worker.load_model("builtin", context_size=256)
    with pytest.raises(errors.MediaNotSupportedError, match="cannot hear sounds"):
        await deaf.transcribe(wav())


async def test_models_of_the_lfm2_family_are_asked_by_their_system_prompt() -> None:
    template = "<|tool_list_start|>{{ tools }}<|tool_list_end|>"
    system, user = transcription(wav(), None, None, template)
    assert system == {"role": "system", "content": "Perform ASR."}
    assert user["content"] == [Audio(wav()).part]
