"""LoRA adapters on the real engine: what a prompt is answered with, and that nothing of it stays for the next one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Model
from llama_worker.errors import InvalidModelError, InvalidOptionsError, ModelNotFoundError
from tests.adapter_factory import write_lora
from tests.models import cache_folder

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASKED = "Hello there, my friend! Tell me a story of ships."
OTHER = "Something else altogether, which no slot holds."


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("adapters")
    return {"first": write_lora(folder / "first.gguf", 1), "second": write_lora(folder / "with, comma.gguf", 2)}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model(random_model_path: Path, files: dict[str, Path]) -> AsyncIterator[Model]:
    async with LlamaWorker() as worker:
        yield await worker.load_model(random_model_path, loras=files, sequences=2, context_size=512, batch_size=32)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plain(random_model_path: Path) -> AsyncIterator[Model]:
    async with LlamaWorker() as worker:
        yield await worker.load_model(random_model_path, sequences=2, context_size=512, batch_size=32)


async def answer(model: Model, text: str = ASKED, lora: Mapping[str, float] | None = None) -> str:
    return (await model.complete(text, temperature=0, max_tokens=16, lora=lora)).text


async def test_no_adapter_is_applied_unless_it_is_asked_for(model: Model, plain: Model) -> None:
    assert await answer(model) == await answer(model, lora={"first": 0}) == await answer(plain)


async def test_each_adapter_changes_the_text_in_its_own_way(model: Model) -> None:
    scales: list[dict[str, float] | None] = [None, {"first": 1}, {"second": 1}, {"first": 0.3}]
    texts = [await answer(model, lora=lora) for lora in scales]
    assert len(set(texts)) == len(texts)


async def test_what_was_read_with_an_adapter_is_not_used_without_it(model: Model) -> None:
    """llama-server goes on from a slot that another adapter has filled when a request names none."""
    first, with_adapter = await answer(model), await answer(model, lora={"first": 1})
    assert await answer(model) == first
    assert await answer(model, lora={"first": 1}) == with_adapter
    assert await answer(model, lora={}) == first


async def test_what_has_left_its_slot_is_not_used_with_another_adapter(model: Model) -> None:
    """llama-server's cache in main memory does not know with which adapter a text was read."""
    expected = await answer(model, ASKED, {"second": 1})
    await answer(model, ASKED, {"first": 1})
    for number in range(4):  # fill every slot with other texts, so that one of them is taken with that adapter
        await answer(model, f"{number} {OTHER}", {"second": 1})
    assert await answer(model, ASKED, {"second": 1}) == expected


async def test_two_sessions_with_different_adapters_do_not_disturb_one_another(model: Model) -> None:
    async def talk(lora: dict[str, float]) -> list[str]:
        session = await model.create_session(lora=lora)
        return [(await session.prompt(text, temperature=0, max_tokens=24)).text for text in (ASKED, OTHER)]

    alone = [await talk({"first": 1}), await talk({"second": 1})]
    assert alone[0] != alone[1]
    assert [*await asyncio.gather(talk({"first": 1}), talk({"second": 1}))] == alone


async def test_a_prompt_says_otherwise_than_its_session(model: Model) -> None:
    session, without = await model.create_session(lora={"first": 1}), await model.create_session()
    changed = await session.fork().prompt(ASKED, temperature=0, max_tokens=16)
    plain = await session.fork().prompt(ASKED, temperature=0, max_tokens=16, lora={})
    assert plain.text == (await without.prompt(ASKED, temperature=0, max_tokens=16)).text != changed.text


async def test_a_pause_and_an_abort_leave_the_adapter_with_its_request(model: Model) -> None:
    expected = await answer(model, lora={"first": 1})
    operation = model.complete(ASKED, temperature=0, max_tokens=16, lora={"first": 1})
    operation.pause()
    assert await answer(model, OTHER) == await answer(model, OTHER)
    operation.resume()
    assert (await operation).text == expected
    model.complete(ASKED, temperature=0, max_tokens=400, lora={"second": 1}).abort()
    assert await answer(model, lora={"first": 1}) == expected


async def test_the_model_tells_its_adapters(model: Model, files: dict[str, Path]) -> None:
    assert [(lora.name, lora.path) for lora in model.info.loras] == [(name, str(path)) for name, path in files.items()]
    assert all(0 < lora.size < files[lora.name].stat().st_size for lora in model.info.loras)


async def test_an_adapter_that_was_not_loaded_is_refused_at_once(model: Model, plain: Model) -> None:
    with pytest.raises(InvalidOptionsError, match=r"No adapter 'third' was loaded.*'first', 'second'"):
        model.complete(ASKED, lora={"third": 1})
    with pytest.raises(InvalidOptionsError, match=r"load_model\(loras="):
        plain.complete(ASKED, lora={"first": 1})
    session = await model.create_session(lora={"fourth": 1})
    with pytest.raises(InvalidOptionsError, match="No adapter 'fourth'"):
        session.prompt(ASKED)


async def test_a_saved_session_keeps_its_adapter_and_no_state(model: Model, tmp_path: Path) -> None:
    session = await model.create_session(lora={"first": 1})
    await session.prompt(ASKED, temperature=0, max_tokens=16)
    expected = await session.fork().prompt(OTHER, temperature=0, max_tokens=16)
    await session.save(tmp_path / "talk", include_state=True)
    for number in range(2):  # every slot has that adapter now, and another text
        await answer(model, f"{number} {OTHER}", {"first": 1})
    restored = await model.load_session(tmp_path / "talk")
    assert (await restored.prompt(OTHER, temperature=0, max_tokens=16)).text == expected.text


async def test_an_estimate_counts_adapters(
    worker: LlamaWorker, random_model_path: Path, files: dict[str, Path]
) -> None:
    without = await worker.estimate(random_model_path, context_size=512)
    with_them = await worker.estimate(random_model_path, context_size=512, loras=files)
    assert with_them.companion_bytes > 0
    assert with_them.total_bytes == without.total_bytes + with_them.companion_bytes


async def test_a_file_that_is_no_adapter_for_the_model_is_refused(
    worker: LlamaWorker, random_model_path: Path, tmp_path: Path
) -> None:
    other = write_lora(tmp_path / "other.gguf", architecture="qwen3")
    with pytest.raises(InvalidModelError, match="made for the architecture 'qwen3'"):
        await worker.load_model(random_model_path, loras={"other": other})
    with pytest.raises(InvalidModelError, match="but no adapter"):
        await worker.load_model(random_model_path, loras={"model": random_model_path})
    with pytest.raises(ModelNotFoundError):
        await worker.load_model(random_model_path, loras={"none": tmp_path / "none.gguf"})
    assert not worker.models


async def test_an_adapter_of_the_hub_is_found_where_it_was_downloaded(
    random_model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    content = write_lora(tmp_path / "adapter.gguf").read_bytes()
    link = cache_folder.add(tmp_path / "hub", "org/repo", "folder/adapter.gguf", content)
    async with LlamaWorker() as worker:
        loras = {"ours": "hf:org/repo/folder/adapter.gguf"}
        model = await worker.load_model(random_model_path, loras=loras, context_size=256, sequences=1)
        assert model.info.loras[0].path == str(link)
        assert await answer(model, lora={"ours": 1}) != await answer(model)
        with pytest.raises(ModelNotFoundError, match="pull"):
            await worker.load_model(random_model_path, loras={"ours": "hf:org/repo/other.gguf"})
