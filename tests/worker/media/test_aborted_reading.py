"""An image that takes long to be read."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from llama_worker import Image, LlamaWorker, Model, errors
from llama_worker.engine.api.endpoints import slots
from tests.gguf_factory import write_gguf
from tests.projector_factory import Shape, png, write_projector


@pytest.fixture
async def slow(worker: LlamaWorker, tmp_path: Path) -> Model:
    write_projector(tmp_path / "mmproj.gguf", shape=Shape(width=64, heads=2, blocks=2, side=640))
    path = write_gguf(tmp_path / "model.gguf", plain_text=True, endless=True, context_length=8192)
    return await worker.load_model(path, context_size=8192, sequences=1)


async def test_an_abort_while_an_image_is_read_leaves_a_conversation_that_goes_on(slow: Model) -> None:
    session = await slow.create_session()
    question = session.prompt(["What is this?", Image(png())], max_tokens=4)
    engine = await slow.runtime.engine()
    while not any(slot.is_processing for slot in await slots(engine)):
        await asyncio.sleep(0.01)
    question.abort()
    with pytest.raises(errors.OperationAborted):
        await question
    assert session.get_chat_history() == []
    reply = await session.prompt("Hello!", max_tokens=4)
    assert reply.usage.completion_tokens == 4
    assert slow.pid == engine.pid
