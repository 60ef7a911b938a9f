"""Models from one machine to another, in a folder and in a tar file, and what must not get in that way."""

from __future__ import annotations

import tarfile
from pathlib import Path

import msgspec
import pytest

from llama_worker.errors import IntegrityError, InvalidOptionsError
from llama_worker.messages.stored import ExportedModel, ImportedModel
from llama_worker.models.exchange.exporting import export_models
from llama_worker.models.exchange.importing import import_models
from llama_worker.models.maintenance.background import Stopped, Tally
from llama_worker.models.names import parse_model_name
from llama_worker.models.pinning.lock_file import LOCK_NAME, read_lock, write_lock
from llama_worker.models.store.store import ModelStore
from tests.models import cache_folder
from tests.models import raw_gguf as raw

MODEL = raw.gguf([*raw.model_keys(), raw.string("general.license", "mit")])
NAME = "hf:org/a:Q8_0"


@pytest.fixture
def elsewhere(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "elsewhere" / "hub", tmp_path / "elsewhere" / "plain")


def exported(store: ModelStore, to: Path, *names: str) -> list[ExportedModel]:
    return export_models(store, [parse_model_name(name) for name in names], to, Tally(lambda _: None))


def imported(store: ModelStore, path: Path) -> list[ImportedModel]:
    return import_models(store, path, Tally(lambda _: None))


@pytest.mark.parametrize("form", ["out", "out.tar"])
def test_a_model_arrives_as_it_was(form: str, store: ModelStore, elsewhere: ModelStore, tmp_path: Path) -> None:
    cache_folder.add(store.root, "org/a", "sub/a-Q8_0.gguf", MODEL)
    cache_folder.split(store.root, "org/big", "big-Q4_0")
    raw.write(store.plain_folder / "own.gguf", raw.gguf(raw.model_keys(context_length=64)))
    names = (NAME, "hf:org/big:Q4_0", "own.gguf")
    assert [one.name for one in exported(store, tmp_path / form, *names)] == list(names)
    taken = imported(elsewhere, tmp_path / form)
    assert [one.license for one in taken] == ["mit", "", ""]
    for name in names:
        here, there = store.resolve(name), elsewhere.resolve(name)
        assert [part.read_bytes() for part in here.all] == [part.read_bytes() for part in there.all]
    entry = next(entry for entry in elsewhere.list() if entry.name == NAME)
    assert (entry.revision, entry.origin) == (cache_folder.COMMIT, "hub")
    assert imported(elsewhere, tmp_path / form) == taken


def test_what_was_changed_before_is_not_exported(store: ModelStore, tmp_path: Path) -> None:
    link = cache_folder.add(store.root, "org/a", "a-Q8_0.gguf", MODEL)
    link.resolve().write_bytes(MODEL[:-1] + b"\1")
    with pytest.raises(IntegrityError, match="not what it was"):
        exported(store, tmp_path / "out.tar", NAME)
    assert [path.name for path in tmp_path.iterdir()] == ["hub"]


@pytest.mark.parametrize("form", ["out", "out.tar"])
def test_what_was_changed_on_the_way_does_not_get_in(
    form: str, store: ModelStore, elsewhere: ModelStore, tmp_path: Path
) -> None:
    cache_folder.add(store.root, "org/a", "a-Q8_0.gguf", MODEL)
    exported(store, tmp_path / form, NAME)
    file = tmp_path / form if form.endswith("tar") else tmp_path / form / "models" / "a-Q8_0.gguf"
    content = file.read_bytes()
    at = content.index(MODEL) + len(MODEL) - 1
    file.write_bytes(content[:at] + b"\1" + content[at + 1 :])
    with pytest.raises(IntegrityError, match="not what the lock says"):
        imported(elsewhere, tmp_path / form)
    assert [entry.name for entry in elsewhere.list()] == ["builtin"]
    assert not [path for path in elsewhere.root.rglob("*") if path.is_file()]


def test_names_out_of_the_folder_are_refused(store: ModelStore, elsewhere: ModelStore, tmp_path: Path) -> None:
    cache_folder.add(store.root, "org/a", "a-Q8_0.gguf", MODEL)
    out = tmp_path / "out"
    exported(store, out, NAME)
    lock = read_lock(out / LOCK_NAME)
    for path in ("../a.gguf", "/etc/a.gguf", "models/x.sh"):
        file = msgspec.structs.replace(lock.models[0].files[0], path=path)
        changed = msgspec.structs.replace(lock.models[0], files=(file,))
        write_lock(out / LOCK_NAME, msgspec.structs.replace(lock, models=(changed,)))
        with pytest.raises(IntegrityError):
            imported(elsewhere, out)
    for source in ("hf:org/a/a-Q8_0.gguf#main", "hf:org/a"):
        changed = msgspec.structs.replace(lock.models[0], source=source)
        write_lock(out / LOCK_NAME, msgspec.structs.replace(lock, models=(changed,)))
        with pytest.raises(IntegrityError, match="without a commit"):
            imported(elsewhere, out)


def test_a_link_in_a_tar_file_is_no_file(elsewhere: ModelStore, store: ModelStore, tmp_path: Path) -> None:
    cache_folder.add(store.root, "org/a", "a-Q8_0.gguf", MODEL)
    exported(store, tmp_path / "out.tar", NAME)
    with tarfile.open(tmp_path / "out.tar") as good, tarfile.open(tmp_path / "bad.tar", "w") as bad:
        member = good.getmember(LOCK_NAME)
        bad.addfile(member, good.extractfile(member))
        link = tarfile.TarInfo("models/a-Q8_0.gguf")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        bad.addfile(link)
    with pytest.raises(IntegrityError, match="no plain file"):
        imported(elsewhere, tmp_path / "bad.tar")


@pytest.mark.parametrize("content", [b"", b"no tar", b"\0" * 10240])
def test_what_is_no_export_is_refused(content: bytes, elsewhere: ModelStore, tmp_path: Path) -> None:
    raw.write(tmp_path / "x.tar", content)
    with pytest.raises(IntegrityError):
        imported(elsewhere, tmp_path / "x.tar")


def test_what_is_there_already_is_not_overwritten(store: ModelStore, tmp_path: Path) -> None:
    cache_folder.add(store.root, "org/a", "a-Q8_0.gguf", MODEL)
    with pytest.raises(InvalidOptionsError, match="there already"):
        exported(store, tmp_path, NAME)


def test_nothing_is_left_of_an_export_that_is_stopped(store: ModelStore, tmp_path: Path) -> None:
    cache_folder.add(store.root, "org/a", "a-Q8_0.gguf", MODEL)
    tally = Tally(lambda _: None)
    tally.stop()
    with pytest.raises(Stopped):
        export_models(store, [parse_model_name(NAME)], tmp_path / "out", tally)
    assert [path.name for path in tmp_path.iterdir()] == ["hub"]
