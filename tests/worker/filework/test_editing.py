"""Model files that a worker looks into and changes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.errors import FileWorkError, InvalidModelError, InvalidOptionsError, OperationAborted
from llama_worker.messages.events import Processing
from llama_worker.models.gguf.inspect import read_header
from tests.gguf_factory import write_gguf

EOS = "tokenizer.ggml.eos_token_id"
TEMPLATE = "tokenizer.chat_template"


@pytest.fixture
def model_path(tmp_path: Path, random_model_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(random_model_path.read_bytes())
    return path


async def answer(worker: LlamaWorker, path: Path) -> str:
    model = await worker.load_model(path, context_size=256)
    text = (await model.complete("abc", max_tokens=12, temperature=0)).text
    await worker.unload_model(path)
    return text


@pytest.mark.slow
async def test_a_model_that_was_split_and_merged_says_the_same(worker: LlamaWorker, model_path: Path) -> None:
    splitting = worker.split_model(model_path, max_tensors=8)
    told = [progress async for progress in splitting]
    parts = await splitting
    assert [part.name for part in parts] == [f"model-0000{index}-of-00003.gguf" for index in (1, 2, 3)]
    assert isinstance(told[-1], Processing)
    assert told[-1].value == 1.0
    assert told[-1].parts == 21
    merged = await worker.merge_model(parts[1], model_path.with_name("merged.gguf"))
    differences = await worker.compare_models(model_path, merged, contents=True)
    assert [each.key for each in differences.metadata] == ["split.no", "split.tensors.count", "split.count"]
    assert differences.tensors == []
    assert differences.contents == []
    assert not differences.same
    assert await answer(worker, parts[0]) == await answer(worker, model_path) == await answer(worker, merged)
    assert not list(model_path.parent.glob("*.unfinished"))


async def test_a_number_is_changed_in_place_and_a_token_by_its_text(worker: LlamaWorker, model_path: Path) -> None:
    before, inode = model_path.read_bytes(), model_path.stat().st_ino
    edit = await worker.edit_metadata(model_path, {EOS: "<|im_start|>", "llama.context_length": "0x200"})
    assert edit.in_place
    assert edit.path == str(model_path)
    assert model_path.stat().st_ino == inode
    changed = [(each.key, [entry and entry.value for entry in (each.before, each.after)]) for each in edit.changes]
    assert changed == [("llama.context_length", [4096, 512]), (EOS, [511, 510])]
    assert len(before) == model_path.stat().st_size
    header = read_header(model_path)
    assert header.metadata[EOS] == 510
    assert header.context_length == 512
    await worker.edit_metadata(model_path, {EOS: 511, "llama.context_length": 4096})
    assert model_path.read_bytes() == before


async def test_a_template_moves_everything_and_nothing_else_changes(worker: LlamaWorker, model_path: Path) -> None:
    original = model_path.with_name("original.gguf")
    original.write_bytes(model_path.read_bytes())
    changes: dict[str, Any] = {
        TEMPLATE: "{{ messages[0].content }}" * 40,
        "my.note:string": "mine",
        "my.list:i8[]": [1, -2],
    }
    edit = await worker.edit_metadata(model_path, changes, remove=["general.name"])
    assert not edit.in_place
    differences = await worker.compare_models(original, model_path, contents=True)
    assert {each.key for each in differences.metadata} == {TEMPLATE, "my.note", "my.list", "general.name"}
    assert differences.metadata == edit.changes
    assert differences.tensors == []
    assert differences.contents == []
    model = await worker.load_model(model_path, context_size=256)
    assert (await model.render([{"role": "user", "content": "hello"}])).text == "hello" * 40


async def test_a_loaded_model_keeps_the_file_that_it_was_loaded_from(worker: LlamaWorker, model_path: Path) -> None:
    model = await worker.load_model(model_path, context_size=256)
    with model_path.open("rb") as file:
        old = file.read()
        edit = await worker.edit_metadata(model_path, {EOS: 510})
        file.seek(0)
        assert not edit.in_place
        assert file.read() == old
    assert read_header(model_path).metadata[EOS] == 510
    assert (await model.complete("abc", max_tokens=4, temperature=0)).text


@pytest.mark.slow
async def test_an_engine_alone_keeps_the_file_too(worker: LlamaWorker, model_path: Path) -> None:
    """It has mapped it, and holds no file open."""
    await worker.load_model(model_path, context_size=256)
    inode = model_path.stat().st_ino
    assert not (await worker.edit_metadata(model_path, {EOS: 510})).in_place
    assert model_path.stat().st_ino != inode


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"llama.block_count": "many"}, r"llama.block_count is of the type u32: 'many' is no number"),
        ({"llama.block_count": -1}, r"type u32: -1 is no u32"),
        ({"llama.block_count": 100_000}, r"With these changes .* its block count is 100000"),
        ({"tokenizer.ggml.add_bos_token": "perhaps"}, r"'perhaps' is neither true nor false"),
        ({EOS: "<|nonsense|>"}, r"has no token '<\|nonsense\|>'"),
        ({EOS: 512}, r"has 512 tokens, and none of number 512"),
        ({"my.key": 1}, r"Nothing says of which type my.key is: write my.key:TYPE"),
        ({"llama.block_counts": 1}, r"did you mean `llama.block_count`"),
        ({"general.alignment": 24}, r"alignment 24: it is a power of two"),
        ({"tokenizer.ggml.tokens": "[1]"}, r"type string\[\]: 1 is no text"),
        ({"tokenizer.ggml.tokens": "x"}, r"'x' is no JSON"),
        ({}, r"Nothing is to be changed"),
    ],
)
async def test_changes_that_are_wrong_change_nothing(
    worker: LlamaWorker, model_path: Path, values: dict[str, Any], says: str
) -> None:
    before = model_path.read_bytes()
    with pytest.raises((InvalidOptionsError, InvalidModelError), match=says):
        await worker.edit_metadata(model_path, values)
    assert model_path.read_bytes() == before
    assert list(model_path.parent.iterdir()) == [model_path]


async def test_files_that_are_not_ours_to_change_need_a_target(worker: LlamaWorker, tmp_path: Path) -> None:
    with pytest.raises(InvalidOptionsError, match="built-in model is part of the package: name a target"):
        await worker.edit_metadata("builtin", {TEMPLATE: "x"})
    edit = await worker.edit_metadata("builtin", {TEMPLATE: "x"}, target=tmp_path / "changed.gguf")
    assert edit.path == str(tmp_path / "changed.gguf")
    assert (await worker.inspect_model(edit.path)).size_bytes == (tmp_path / "changed.gguf").stat().st_size
    with pytest.raises(FileWorkError, match="is there already") as caught:
        await worker.edit_metadata("builtin", {TEMPLATE: "y"}, target=tmp_path / "changed.gguf")
    assert caught.value.reason == "exists"


async def test_what_cannot_be_split_or_merged_is_said(worker: LlamaWorker, model_path: Path) -> None:
    with pytest.raises(InvalidOptionsError, match="either max_bytes or max_tensors"):
        worker.split_model(model_path)
    with pytest.raises(InvalidOptionsError, match="max_tensors is a whole number"):
        worker.split_model(model_path, max_tensors=0)
    with pytest.raises(InvalidOptionsError, match="one file: there is nothing to merge"):
        await worker.merge_model(model_path, model_path.with_name("merged.gguf"))
    broken = model_path.with_name("broken.gguf")
    broken.write_bytes(model_path.read_bytes()[:-40_000])
    with pytest.raises(InvalidModelError, match="reaches beyond the end of the file"):
        await worker.split_model(broken, max_tensors=3)


@pytest.mark.slow
async def test_an_aborted_split_leaves_nothing_under_its_names(worker: LlamaWorker, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "large.gguf", embedding_length=512, block_count=4, feed_forward_length=1536)
    splitting = worker.split_model(path, max_tensors=4)
    async for progress in splitting:
        if progress.done_bytes:
            splitting.abort()
    with pytest.raises(OperationAborted):
        await splitting
    assert [each.name for each in tmp_path.glob("*-of-*.gguf")] == []
    parts = await worker.split_model(path, max_tensors=4)
    assert (await worker.compare_models(path, parts[0], contents=True)).contents == []


async def test_a_description_has_everything_in_its_order(worker: LlamaWorker, model_path: Path) -> None:
    found = await worker.inspect_model(model_path)
    entries = {entry.key: (entry.type, entry.value) for entry in found.metadata}
    assert next(iter(entries.items())) == ("general.architecture", ("string", "llama"))
    assert entries["tokenizer.ggml.tokens"] == ("string[512]", None)
    assert entries["llama.block_count"] == ("u32", 2)
    assert (found.tensors[0].name, found.tensors[0].type, found.tensors[0].shape) == (
        "token_embd.weight",
        "F32",
        (64, 512),
    )


async def test_a_folder_is_no_target(worker: LlamaWorker, model_path: Path) -> None:
    folder = model_path.with_name("folder")
    folder.mkdir()
    with pytest.raises(FileWorkError, match="is a folder: name a file in it"):
        await worker.edit_metadata(model_path, {TEMPLATE: "x" * 9999}, target=folder, overwrite=True)
    with pytest.raises(InvalidOptionsError, match="is a folder: name a file"):
        worker.split_model(model_path, max_tensors=8, target=f"{folder}/")
    assert [path.name for path in model_path.parent.iterdir() if "unfinished" in path.name] == []


async def test_no_part_is_replaced_by_what_is_made_of_it(worker: LlamaWorker, model_path: Path) -> None:
    parts = await worker.split_model(model_path, max_tensors=12)
    with pytest.raises(InvalidOptionsError, match="one of the files that it would be made of"):
        await worker.merge_model(parts[0], parts[1], overwrite=True)
    with pytest.raises(InvalidOptionsError, match="one of the files that it would be made of"):
        await worker.split_model(parts[0], max_tensors=11, overwrite=True)


async def test_a_link_stays_one(worker: LlamaWorker, model_path: Path) -> None:
    link = model_path.with_name("link.gguf")
    link.symlink_to(model_path)
    edit = await worker.edit_metadata(link, {TEMPLATE: "x" * 9999})
    assert edit.path == str(model_path)
    assert link.is_symlink()
    assert read_header(model_path).metadata[TEMPLATE] == "x" * 9999


@pytest.mark.skipif(sys.platform == "win32", reason="has no named pipes in folders")
async def test_what_is_no_plain_file_is_not_replaced(worker: LlamaWorker, model_path: Path) -> None:
    pipe = model_path.with_name("pipe.gguf")
    os.mkfifo(pipe)
    with pytest.raises(FileWorkError, match="is no plain file"):
        await worker.edit_metadata(model_path, {TEMPLATE: "x" * 9999}, target=pipe, overwrite=True)
    assert pipe.is_fifo()
