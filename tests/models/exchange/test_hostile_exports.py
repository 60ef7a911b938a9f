"""What strangers put into an export, and what two at once or one that was killed leave."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import msgspec
import pytest

from llama_worker.errors import FileWorkError, IntegrityError, InvalidOptionsError
from llama_worker.models.exchange.exporting import export_models
from llama_worker.models.exchange.importing import import_models
from llama_worker.models.maintenance.background import Tally
from llama_worker.models.names import parse_model_name
from llama_worker.models.pinning.lock_file import LOCK_NAME, read_lock, write_lock
from llama_worker.models.pinning.locking import lock_models
from llama_worker.models.store.store import ModelStore
from llama_worker.models.whole_files import temporary_beside
from tests.models import raw_gguf as raw

MODEL = raw.gguf(raw.model_keys())
OTHER = raw.gguf(raw.model_keys(context_length=64))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An export of a file of one's own."""
    store = ModelStore(tmp_path / "hub", tmp_path / "plain")
    raw.write(store.plain_folder / "own.gguf", MODEL)
    export(store, tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def elsewhere(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "elsewhere" / "hub", tmp_path / "elsewhere" / "plain")


def export(store: ModelStore, to: Path, on_report: Tally | None = None) -> None:
    export_models(store, [parse_model_name("own.gguf")], to, on_report or Tally(lambda _: None))


def take(store: ModelStore, path: Path) -> None:
    import_models(store, path, Tally(lambda _: None))


def files_of(store: ModelStore) -> list[Path]:
    return [path for path in store.root.parent.rglob("*") if path.is_file()]


@pytest.mark.skipif(sys.platform == "win32", reason="has no named pipes in folders")
@pytest.mark.parametrize("name", [LOCK_NAME, "models/own.gguf"])
def test_a_pipe_is_no_file(name: str, out: Path, elsewhere: ModelStore) -> None:
    (out / name).unlink()
    os.mkfifo(out / name)
    with pytest.raises(IntegrityError, match=r"There is no|no plain file"):
        take(elsewhere, out)


@pytest.mark.parametrize("size", [2**60, -1, len(MODEL) + 1])
def test_a_size_is_not_believed(size: int, out: Path, elsewhere: ModelStore) -> None:
    lock = read_lock(out / LOCK_NAME)
    file = msgspec.structs.replace(lock.models[0].files[0], size=size)
    changed = msgspec.structs.replace(lock.models[0], files=(file,))
    write_lock(out / LOCK_NAME, msgspec.structs.replace(lock, models=(changed,)))
    with pytest.raises(IntegrityError if size < 2**60 else Exception):
        take(elsewhere, out)
    assert not files_of(elsewhere)


def test_a_tar_file_that_leads_back_to_itself_ends(tmp_path: Path, elsewhere: ModelStore) -> None:
    member = tarfile.TarInfo("a")
    header = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    header[124:136] = (-512).to_bytes(12, "big", signed=True)  # its size
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    (tmp_path / "x.tar").write_bytes(member.tobuf() + bytes(header) + bytes(1024))
    with pytest.raises(IntegrityError, match="neither a folder nor a tar file"):
        take(elsewhere, tmp_path / "x.tar")


def test_a_file_of_ones_own_stays(out: Path, elsewhere: ModelStore) -> None:
    mine = raw.write(elsewhere.plain_folder / "own.gguf", OTHER)
    with pytest.raises(InvalidOptionsError, match="move it away"):
        take(elsewhere, out)
    assert mine.read_bytes() == OTHER
    mine.write_bytes(MODEL)
    take(elsewhere, out)


def test_two_exports_at_once_do_not_mix(out: Path, tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "hub", tmp_path / "plain")
    refused: list[Exception] = []

    def meanwhile(_: object) -> None:
        with pytest.raises(FileWorkError, match="being written already") as caught:
            export(store, tmp_path / "again")
        refused.append(caught.value)

    export(store, tmp_path / "again", Tally(meanwhile))
    assert refused
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "out", "plain"]


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be deleted there")
def test_what_a_killed_import_left_goes(out: Path, elsewhere: ModelStore) -> None:
    left = raw.write(temporary_beside(elsewhere.plain_folder / "own.gguf"), MODEL)
    os.utime(left, (0, 0))
    young = raw.write(temporary_beside(left), MODEL)
    take(elsewhere, out)
    assert not left.exists()
    assert young.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_a_full_disk_and_a_missing_folder_are_told(out: Path, tmp_path: Path) -> None:
    code = "import resource, sys; from llama_worker.cli.main import run; "
    code += "resource.setrlimit(resource.RLIMIT_FSIZE, (400, 400)); sys.exit(run(sys.argv[1:]))"
    own = str(tmp_path / "plain" / "own.gguf")
    for to in ("full", "full.tar"):
        done = subprocess.run(
            [sys.executable, "-B", "-c", code, "export", own, str(tmp_path / to)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (1, f"error: {tmp_path} is full: make room and begin again.\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "plain"]
    store = ModelStore(tmp_path / "hub", tmp_path / "plain")
    with pytest.raises(FileWorkError, match=r"There is no folder .*nowhere: make it"):
        lock_models(store, [parse_model_name("own.gguf")], tmp_path / "nowhere" / "x.lock", Tally(lambda _: None))
