from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from llama_worker.errors import IntegrityError
from llama_worker.models.gguf.inspect import read_model
from llama_worker.models.names import parse_model_name
from llama_worker.models.pinning.digests import differences, locked_file
from llama_worker.models.pinning.lock_file import (
    LOCK_NAME,
    Lock,
    LockedEngine,
    LockedFile,
    LockedModel,
    LockedPackage,
    LockedTarget,
    read_lock,
    write_lock,
)
from llama_worker.models.pinning.models import locked_model
from llama_worker.models.store.store import ModelStore
from tests.models import cache_folder
from tests.models import raw_gguf as raw

FILE = LockedFile(path="models/a.gguf", size=4, sha256=hashlib.sha256(b"GGUF").hexdigest())
WHEEL = LockedFile(path="wheels/a-1-py3-none-any.whl", size=1, sha256="0" * 64)
LOCK = Lock(
    lock_version=1,
    made_by="a test",
    target=LockedTarget(python="3.12", platforms=("win_amd64",)),
    models=(LockedModel(name="hf:a/b", source="hf:a/b/a.gguf#" + "1" * 40, license="mit", files=(FILE,)),),
    packages=(LockedPackage(name="a", version="1", origin="index", file=WHEEL),),
    engine=LockedEngine(program="engine/llama-server", files=()),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_lock(tmp_path / LOCK_NAME, LOCK)
    assert read_lock(tmp_path / LOCK_NAME) == LOCK
    assert LOCK.files() == (FILE, WHEEL)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"lockVersion": 1}', b'{"lockVersion": "1"}'])
def test_what_is_no_lock_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).write_bytes(content)
    with pytest.raises(IntegrityError, match="is no lock file"):
        read_lock(tmp_path / LOCK_NAME)


def test_a_newer_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).write_text('{"lockVersion": 2, "models": "in a form that nobody knows yet"}')
    with pytest.raises(IntegrityError, match="newer llama-worker"):
        read_lock(tmp_path / LOCK_NAME)


def test_one_that_is_missing_is_said_to_be() -> None:
    with pytest.raises(IntegrityError, match=r"no llama-worker\.lock in"):
        read_lock(Path("nowhere") / LOCK_NAME)


def test_each_difference_is_told(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    models_only = Lock(lock_version=1, made_by="a test", models=LOCK.models)
    model = tmp_path / FILE.path
    assert list(differences(models_only, tmp_path)) == ["models/a.gguf is missing."]
    model.write_bytes(b"GGU")
    assert list(differences(models_only, tmp_path)) == ["models/a.gguf has 3 bytes, not 4."]
    model.write_bytes(b"GGUE")
    assert list(differences(models_only, tmp_path)) == ["models/a.gguf has been changed."]
    model.write_bytes(b"GGUF")
    assert list(differences(models_only, tmp_path)) == []


@pytest.mark.parametrize("path", ["../a", "/etc/passwd", "a/../../b", "..\\a", "C:/a"])
def test_files_outside_of_the_folder_are_not_looked_at(path: str, tmp_path: Path) -> None:
    model = LockedModel(name="a", source="a", files=(LockedFile(path=path, size=1, sha256="0" * 64),))
    with pytest.raises(IntegrityError, match="outside of its folder"):
        list(differences(Lock(lock_version=1, made_by="a test", models=(model,)), tmp_path))


def test_a_model_of_the_hub_is_pinned_to_its_file_and_commit(tmp_path: Path) -> None:
    """Whatever a branch stands at later, `source` brings these very files."""
    content = raw.gguf([*raw.model_keys(), raw.string("general.license", "apache-2.0")])
    for file in ("m-Q8_0.gguf", "mmproj-m-f16.gguf"):
        cache_folder.add(tmp_path, "org/m", file, content)
    name = parse_model_name("hf:org/m:Q8_0")
    files = ModelStore(tmp_path).resolve(name)
    model = locked_model(name, files, read_model(files.parts), lambda path: locked_file(path, tmp_path))
    assert (model.name, model.source) == ("hf:org/m:Q8_0", f"hf:org/m/m-Q8_0.gguf#{cache_folder.COMMIT}")
    assert (model.revision, model.license, model.architecture) == (cache_folder.COMMIT, "apache-2.0", "llama")
    assert [Path(file.path).name for file in model.files] == ["m-Q8_0.gguf", "mmproj-m-f16.gguf"]
    assert Path(model.projector).name == "mmproj-m-f16.gguf"
    assert {file.sha256 for file in model.files} == {hashlib.sha256(content).hexdigest()}
