"""Model files made to hurt: whatever they do, they do it to an engine process, and the program is told."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.errors import EngineDiedError, LlamaWorkerError, ModelLoadError
from tests.gguf_factory import write_gguf

TEMPLATES = {
    "asks for Python's classes": ("{{ ''.__class__.__mro__ }}{% for m in messages %}{{ m.content }}{% endfor %}", None),
    "never ends": ("{% for a in range(1000000000) %}x{% endfor %}", EngineDiedError),
    "calls itself for ever": ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", EngineDiedError),
    "is no template": ("{% for %}{{{", ModelLoadError),
}


@pytest.mark.parametrize(("template", "error"), TEMPLATES.values(), ids=TEMPLATES.keys())
async def test_a_chat_template_is_code_that_meets_the_engine_only(
    tmp_path: Path, random_model_path: Path, template: str, error: type[LlamaWorkerError] | None
) -> None:
    path = write_gguf(tmp_path / "template.gguf", chat_template=template)
    async with LlamaWorker(load_stall_timeout=3.0) as worker:
        if error is None:
            model = await worker.load_model(path)
            reply = await model.chat([{"role": "user", "content": ""}], max_tokens=2, temperature=0)
            assert reply.usage.prompt_tokens <= 2, "the template rendered nothing of Python"
        else:
            with pytest.raises(error):
                await worker.load_model(path)
        assert (await worker.load_model(random_model_path)).pid


def corruptions(sound: bytes) -> Iterator[bytes]:
    """Truncations, and edits of the first 12 KB, where the header lies; the same ones every time."""
    chance = random.Random(31)
    for length in (0, 3, 24, 100, 5_000, 12_000, len(sound) - 1):
        yield sound[:length]
    for _ in range(33):
        edited = bytearray(sound)
        place = chance.randrange(12_000)
        edited[place : place + 4] = chance.choice([b"\0\0\0\0", b"\xff\xff\xff\xff", chance.randbytes(4)])
        yield bytes(edited)


async def test_every_damaged_file_ends_in_an_answer_or_a_typed_error(
    worker: LlamaWorker, tmp_path: Path, random_model_path: Path
) -> None:
    path = tmp_path / "damaged.gguf"
    outcomes: set[str] = set()
    for content in corruptions(random_model_path.read_bytes()):
        path.write_bytes(content)
        try:
            model = await worker.load_model(path, context_size=256, sequences=1)
            await model.complete("still a model", max_tokens=2)
            await model.unload()
            outcomes.add("answered")
        except LlamaWorkerError as error:
            outcomes.add(error.code)
    assert "invalid_model" in outcomes
    assert outcomes <= {"answered", "invalid_model", "model_load_failed", "engine_died", "insufficient_memory"}
    assert (await worker.load_model(random_model_path)).pid
