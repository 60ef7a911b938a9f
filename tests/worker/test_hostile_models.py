"""Model files made to hurt: whatever they do, they do it to an engine process, and the program is told."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.errors import EngineDiedError, EngineRequestError, LlamaWorkerError, ModelLoadError
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


# A list that no memory holds; a text that doubles; each in a conversation only, so that such a model loads.
GREEDY = {
    "a list": "{{ range(9223372036854775807)|list }}",
    "a text": "{% set ns = namespace(x='xxxxxxxx') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
@pytest.mark.parametrize("greed", GREEDY.values(), ids=GREEDY.keys())
async def test_a_template_that_takes_all_memory_gets_so_much_and_an_error(
    worker: LlamaWorker, tmp_path: Path, greed: str
) -> None:
    template = "{% if messages[0].content == 'more' %}" + greed + "{% endif %}{{ messages[0].content }}"
    path = write_gguf(tmp_path / "greedy.gguf", chat_template=template, endless=True)
    model = await worker.load_model(path, memory_limit=600 << 20)
    pid, other = model.pid, model.complete("meanwhile", max_tokens=300)
    started = aiter(other)
    await anext(started)
    with pytest.raises(EngineRequestError, match="ran out of memory for this request"):
        await model.chat([{"role": "user", "content": "more"}], max_tokens=2)
    assert (await other).finish_reason == "length", "who else is served goes on"
    assert (await model.chat([{"role": "user", "content": "less"}], max_tokens=2)).usage.completion_tokens == 2
    assert model.pid == pid
    peak = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    assert int(peak.split()[1]) << 10 < 1 << 30


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
async def test_a_template_that_takes_all_memory_while_it_is_loaded(tmp_path: Path) -> None:
    """The engine catches its failed allocations there and tries again, so time ends it and not memory."""
    path = write_gguf(tmp_path / "greedy.gguf", chat_template=GREEDY["a list"])
    async with LlamaWorker(load_stall_timeout=3.0) as worker:
        with pytest.raises(EngineDiedError, match="no progress"):
            await worker.load_model(path)
        assert (await worker.load_model("builtin")).pid


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
