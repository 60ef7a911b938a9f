"""Converting through a worker: in a process of its own, aborted, gone on with, quantized, downloaded."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from llama_worker import LlamaWorker, errors
from llama_worker.models.gguf.inspect import read_header

from ..download.hub_server import HubServer
from .repositories import write_adapter, write_llama


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_llama(tmp_path_factory.mktemp("models") / "Tiny-Llama-1B")


async def test_a_folder_becomes_a_model_that_answers(repository: Path, tmp_path: Path) -> None:
    async with LlamaWorker() as worker:
        operation = worker.convert_model(repository, tmp_path / "out" / "model.gguf", "f16")
        events = [event async for event in operation]
        made = await operation
        assert (made.architecture, made.dtype, made.tensors) == ("llama", "f16", len(read_header(made.path).tensors))
        assert events[-1].value == 1.0
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["model.gguf"]
        model = await worker.load_model(made.path)
        assert (await model.complete("jam", max_tokens=3, temperature=0)).usage.completion_tokens


@pytest.mark.slow
async def test_quantized_at_once_is_quantized_afterwards(repository: Path, tmp_path: Path) -> None:
    async with LlamaWorker() as worker:
        whole = await worker.convert_model(repository, tmp_path / "whole.gguf")
        made = await worker.convert_model(repository, tmp_path / "once.gguf", quantize="q8_0")
        await worker.quantize_model(whole.path, tmp_path / "after.gguf", "Q8_0")
    assert made.quantization == "Q8_0"
    assert (tmp_path / "once.gguf").read_bytes() == (tmp_path / "after.gguf").read_bytes()


async def test_an_adapter_is_made_for_a_base_of_which_only_the_configuration_is_here(
    repository: Path, tmp_path: Path
) -> None:
    adapter, base = write_adapter(tmp_path / "adapter"), tmp_path / "base"
    base.mkdir()
    shutil.copy(repository / "config.json", base)
    async with LlamaWorker() as worker:
        made = await worker.convert_model(adapter, tmp_path / "adapter.gguf", base=base)
        assert (made.architecture, made.dtype, made.tensors) == ("llama", "f32", 4)
        with pytest.raises(errors.NotSupportedError, match="adapter is a LoRA adapter; name the model"):
            await worker.convert_model(adapter, tmp_path / "x.gguf")
        with pytest.raises(errors.InvalidOptionsError, match="An adapter is not quantized"):
            worker.convert_model(adapter, tmp_path / "x.gguf", base=base, quantize="Q8_0")
        with pytest.raises(errors.InvalidModelError, match=r"no adapter_config\.json"):
            await worker.convert_model(repository, tmp_path / "x.gguf", base=base)
    metadata = read_header(made.path).metadata
    assert (metadata["general.type"], metadata["adapter.lora.alpha"]) == ("adapter", 8.0)


@pytest.mark.slow
async def test_an_adapter_of_the_hub_changes_answers(
    hub: HubServer, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of its base nothing but the configuration is fetched."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    for repo, folder in (("org/base", repository), ("org/adapter", write_adapter(tmp_path / "adapter"))):
        for path in folder.iterdir():
            hub.add(repo, path.name, path.read_bytes(), small=path.suffix != ".safetensors")
    async with LlamaWorker() as worker:
        with pytest.raises(errors.NotSupportedError, match="hf:org/adapter is a LoRA adapter; name the model"):
            await worker.convert_model("hf:org/adapter", tmp_path / "x.gguf")
        made = await worker.convert_model("hf:org/adapter", tmp_path / "adapter.gguf", base="hf:org/base")
        assert {asked.path.rpartition("/")[2] for asked in hub.requests if "/base/" in asked.path} == {"config.json"}
        with pytest.raises(errors.NotSupportedError, match=r"hf:org/adapter has no config\.json"):
            await worker.convert_model("hf:org/adapter", tmp_path / "x.gguf", base="hf:org/adapter")
        whole = await worker.convert_model(repository, tmp_path / "model.gguf", "f32")
        model = await worker.load_model(whole.path, loras={"it": made.path})
        plain = await model.complete("jam", max_tokens=8, temperature=0)
        changed = await model.complete("jam", max_tokens=8, temperature=0, lora={"it": 1.0})
    assert plain.text != changed.text


async def test_mistakes_are_told_at_once(repository: Path, tmp_path: Path) -> None:
    async with LlamaWorker() as worker:
        with pytest.raises(errors.InvalidOptionsError, match="dtype is one of"):
            worker.convert_model(repository, tmp_path / "x.gguf", "q4_0")  # type: ignore[arg-type]
        with pytest.raises(errors.InvalidOptionsError, match="no repository"):
            worker.convert_model("https://host/a.gguf", tmp_path / "x.gguf")
        with pytest.raises(errors.ModelNotFoundError, match="no folder"):
            await worker.convert_model(tmp_path / "nowhere", tmp_path / "x.gguf")
        (tmp_path / "there.gguf").touch()
        with pytest.raises(errors.FileWorkError, match="there already"):
            await worker.convert_model(repository, tmp_path / "there.gguf")


async def test_a_missing_package_is_named(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentencepiece", None)
    monkeypatch.setattr("llama_worker.models.converting.extra._PACKAGES", ("gguf", "no_such_package"))
    async with LlamaWorker() as worker:
        with pytest.raises(errors.MissingPackageError, match=r'no_such_package: pip install "llama-worker\[convert\]"'):
            await worker.convert_model(repository, tmp_path / "x.gguf")


@pytest.mark.slow
async def test_a_repository_of_the_hub_is_fetched(
    hub: HubServer, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a conversion needs, and nothing else; a second one fetches nothing."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    for path in repository.iterdir():
        hub.add("org/Tiny-Llama-1B", path.name, path.read_bytes(), small=path.suffix in (".json", ".md"))
    hub.add("org/Tiny-Llama-1B", "pytorch_model.bin", b"\x80\x04")
    async with LlamaWorker() as worker:
        made = await worker.convert_model("hf:org/Tiny-Llama-1B", tmp_path / "model.gguf")
        assert read_header(made.path).metadata["general.name"] == "Tiny Llama 1B"
        sent = hub.sent_bytes
        await worker.convert_model("hf:org/Tiny-Llama-1B", tmp_path / "again.gguf")
    assert hub.sent_bytes == sent
    assert not any("pytorch_model" in asked.path for asked in hub.requests)


async def test_a_repository_of_pickles_is_refused_before_it_is_fetched(hub: HubServer, tmp_path: Path) -> None:
    hub.add("org/old", "pytorch_model.bin", b"\x80\x04")
    async with LlamaWorker() as worker:
        with pytest.raises(errors.NotSupportedError, match=r"pytorch_model\.bin, a pickle"):
            await worker.convert_model("hf:org/old", tmp_path / "model.gguf")
    assert hub.sent_bytes == 0
