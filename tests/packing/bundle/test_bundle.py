"""A bundle's models, its engine, its lock, and what a person is told of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from llama_worker._version import __version__
from llama_worker.cli.main import run
from llama_worker.errors import InvalidOptionsError, LlamaWorkerError
from llama_worker.models.names import parse_model_name
from llama_worker.models.pinning.lock_file import LOCK_NAME, Lock, LockedTarget, write_lock
from llama_worker.models.store.store import ModelStore
from llama_worker.packing.bundle.bundle import Recipe, make_bundle
from llama_worker.packing.bundle.checking import problems
from llama_worker.packing.bundle.contents import add_engine, add_model
from llama_worker.packing.bundle.instructions import instructions
from llama_worker.packing.bundle.sources import Sources
from tests.packing.bundle.test_wheels import wheel


@pytest.fixture
def folder(tmp_path: Path, random_model_path: Path) -> Path:
    """A bundle of a model alone."""
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    name = parse_model_name(random_model_path)
    model = add_model(name, ModelStore().resolve(name), bundle)
    write_lock(bundle / LOCK_NAME, Lock(lock_version=1, made_by="a test", models=(model,)))
    return bundle


def test_a_model_is_copied_and_known(folder: Path) -> None:
    assert list(problems(folder)) == []


def test_what_was_changed_added_or_removed_is_told(folder: Path) -> None:
    (folder / "engine").mkdir()
    (folder / "engine" / "llama-server").write_text("#!/bin/sh")
    (model,) = (folder / "models").iterdir()
    model.write_bytes(model.read_bytes()[:-1] + b"?")
    assert list(problems(folder)) == [
        f"models/{model.name} has been changed.",
        "engine/llama-server is not in the lock.",
    ]
    model.unlink()
    assert f"models/{model.name} is missing." in problems(folder)


def test_what_installs_it_is_compared_too(folder: Path) -> None:
    lock = Lock(
        lock_version=1, made_by=f"llama-worker {__version__}", target=LockedTarget(python="3.12", platforms=("x",))
    )
    write_lock(folder / LOCK_NAME, lock)
    for name, text in instructions(lock).items():
        (folder / name).write_text(text, newline="\n")
    shutil.rmtree(folder / "models")
    assert list(problems(folder)) == []
    (folder / "requirements.txt").write_text("evil==1.0")
    (folder / "install.py").write_text("print('gotcha')")
    (folder / "README.md").unlink()
    said = ["requirements.txt has been changed.", "README.md is missing.", "install.py has been changed."]
    assert list(problems(folder)) == said


@pytest.mark.parametrize("extra", ["htpp", "a b["])
def test_an_extra_that_is_none_is_refused_before_anything_is_fetched(tmp_path: Path, extra: str) -> None:
    with pytest.raises(InvalidOptionsError, match="has no extra"):
        make_bundle(tmp_path / "bundle", Recipe(extras=("http", extra)))
    assert list(tmp_path.iterdir()) == []


def test_two_files_of_one_name_are_refused(folder: Path, random_model_path: Path) -> None:
    name = parse_model_name(random_model_path)
    with pytest.raises(InvalidOptionsError, match="rename one"):
        add_model(name, ModelStore().resolve(name), folder)


def test_an_engine_comes_with_the_libraries_that_it_names(tmp_path: Path) -> None:
    built, bundle = tmp_path / "built", tmp_path / "bundle"
    built.mkdir()
    bundle.mkdir()
    for name, content in {
        "llama-server": b"\0libllama.so.0\0...",
        "libllama.so.0": b"\0libbase.so\0libc.so.6\0...",
        "libllama.so.0.26": b"what libllama.so.0 leads to",
        "libbase.so": b"...",
        "libggml-cpu-zen4.so": b"...",
        "libllama-bench.so": b"...",
        "llama-bench": b"\0libllama-bench.so\0...",
    }.items():
        (built / name).write_bytes(content)
    engine = add_engine(built / "llama-server", bundle)
    assert engine.program == "engine/llama-server"
    assert {file.path.removeprefix("engine/") for file in engine.files} == {
        "llama-server",
        "libllama.so.0",
        "libbase.so",
        "libggml-cpu-zen4.so",
    }


def test_a_folder_that_is_not_empty_is_left_alone(folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    with pytest.raises(InvalidOptionsError, match="name a new folder"):
        make_bundle(folder, Recipe())
    assert sorted(folder.rglob("*")) == before


def test_it_is_made_in_an_empty_folder_that_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    make_bundle(Path(), Recipe(sources=Sources(given=(wheel(tmp_path, "llama_worker"),), offline=True)))
    assert list(problems(Path())) == []
    made = {"README.md", "install.py", LOCK_NAME, "requirements.txt", "wheels"}
    assert {path.name for path in here.iterdir()} == made


def test_nothing_is_left_of_one_that_failed(tmp_path: Path) -> None:
    with pytest.raises(LlamaWorkerError):
        make_bundle(tmp_path / "bundle", Recipe(engine=tmp_path), _fail)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("inside", [False, True])
def test_only_what_a_bundle_has_left_is_removed(tmp_path: Path, inside: bool) -> None:
    folder = tmp_path / "bundle"
    beside = folder / ".unfinished" if inside else tmp_path / "bundle.unfinished"
    beside.mkdir(parents=True)
    (beside / "thesis.txt").write_text("years of work")
    recipe = Recipe(sources=Sources(given=(wheel(tmp_path, "llama_worker"),), offline=True))
    with pytest.raises(InvalidOptionsError, match="in the way"):
        make_bundle(folder, recipe)
    assert (beside / "thesis.txt").read_text() == "years of work"
    (beside / ".llama-worker-bundle").touch()  # as a bundle that was killed leaves it
    make_bundle(folder, recipe)
    assert list(problems(folder)) == []
    assert not beside.exists()
    assert not (folder / ".llama-worker-bundle").exists()


def _fail(_: str) -> None:
    raise InvalidOptionsError("enough", path="test")


def test_the_command_compares(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bundle", "--check", str(folder)]) == 0
    assert "is what its lock says." in capsys.readouterr().out
    (folder / "models" / "another.gguf").touch()
    assert run(["bundle", "--check", "--json", str(folder)]) == 1
    assert json.loads(capsys.readouterr().out)["problems"] == ["models/another.gguf is not in the lock."]
    assert run(["bundle", "--check", str(folder)]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "models/another.gguf is not in the lock."
