"""What strangers publish is read without believing it."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from llama_worker.errors import InvalidModelError, ModelNotFoundError, NotSupportedError
from llama_worker.models.converting.checkpoint.header import read_header
from llama_worker.models.converting.checkpoint.index import stored_tensors
from llama_worker.models.converting.checkpoint.repository import Repository
from llama_worker.models.converting.table import family_of

from .repositories import config, write_safetensors


def file_of(path: Path, header: object, data: bytes = b"", claimed: int | None = None) -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text) if claimed is None else claimed) + text + data)
    return path


def entry(dtype: str = "F32", shape: tuple[int, ...] = (2,), offsets: tuple[int, int] = (0, 8)) -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


HOSTILE: dict[str, Callable[[Path], Path]] = {
    "empty": lambda path: (path.write_bytes(b"") and path) or path,
    "a header longer than the file": lambda path: file_of(path, {}, claimed=1 << 62),
    "no JSON": lambda path: file_of(path, b"{nonsense"),
    "no object": lambda path: file_of(path, [1]),
    "deeply nested": lambda path: file_of(path, b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "beyond the end": lambda path: file_of(path, {"a": entry(offsets=(8, 16))}, bytes(8)),
    "before the beginning": lambda path: file_of(path, {"a": entry(offsets=(-8, 0))}, bytes(8)),
    "overlapping": lambda path: file_of(path, {"a": entry(), "b": entry(offsets=(4, 12))}, bytes(12)),
    "with a hole": lambda path: file_of(path, {"a": entry(), "b": entry(offsets=(12, 20))}, bytes(20)),
    "too short a place": lambda path: file_of(path, {"a": entry(shape=(3,))}, bytes(8)),
    "a huge shape": lambda path: file_of(path, {"a": entry(shape=(1 << 40, 1 << 40))}, bytes(8)),
    "a negative shape": lambda path: file_of(path, {"a": entry(shape=(-1, -2))}, bytes(8)),
    "many dimensions": lambda path: file_of(path, {"a": entry(shape=(1,) * 9 + (2,))}, bytes(8)),
    "a type that nobody knows": lambda path: file_of(path, {"a": entry(dtype="F6")}, bytes(8)),
    "cut off": lambda path: file_of(path, {"a": entry()}, bytes(4)),
    "with more behind it": lambda path: file_of(path, {"a": entry()}, bytes(9)),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_headers_are_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(InvalidModelError, match=r"model\.safetensors"):
        read_header(HOSTILE[kind](tmp_path / "model.safetensors"))


def repository(folder: Path, **files: object) -> Repository:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config()))
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(json.dumps(content))
    return Repository(folder)


@pytest.mark.parametrize(
    "shard", ["../model.safetensors", "/etc/model.safetensors", "..\\x.safetensors", "x.bin", ".."]
)
def test_an_index_leads_nowhere_else(tmp_path: Path, shard: str) -> None:
    write_safetensors(tmp_path / "model.safetensors", {"a": ("F32", np.zeros(2, "<f4"))})
    found = repository(tmp_path / "model", **{"model__safetensors__index__json": {"weight_map": {"a": shard}}})
    with pytest.raises(InvalidModelError, match="beside it"):
        stored_tensors(found)


def test_pickles_are_refused_by_name(tmp_path: Path) -> None:
    found = repository(tmp_path / "model")
    (found.folder / "pytorch_model.bin").write_bytes(b"\x80\x04")
    with pytest.raises(NotSupportedError, match=r"pytorch_model\.bin only, a pickle"):
        stored_tensors(found)


def test_missing_shards_and_tensors_are_told(tmp_path: Path) -> None:
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    found = repository(tmp_path / "model", model__safetensors__index__json=index)
    write_safetensors(found.folder / "model-1.safetensors", {"a": ("F32", np.zeros(2, "<f4"))})
    with pytest.raises(InvalidModelError, match=r"model-2\.safetensors is missing"):
        stored_tensors(found)
    write_safetensors(found.folder / "model-2.safetensors", {"c": ("F32", np.zeros(2, "<f4"))})
    with pytest.raises(InvalidModelError, match="disagree about 2 tensors"):
        stored_tensors(found)


def test_what_is_no_repository_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match="no folder"):
        Repository(tmp_path / "nowhere")
    with pytest.raises(InvalidModelError, match=r"no config\.json"):
        Repository(tmp_path)
    (tmp_path / "config.json").write_text('{"architectures": "x"}')
    with pytest.raises(InvalidModelError, match="which architecture"):
        family_of(Repository(tmp_path))
    (tmp_path / "config.json").write_text('{"architectures": ["FluxForCausalLM"]}')
    with pytest.raises(NotSupportedError, match="FluxForCausalLM"):
        family_of(Repository(tmp_path))
    (tmp_path / "config.json").write_text("[]")
    with pytest.raises(InvalidModelError, match="object"):
        family_of(Repository(tmp_path))
