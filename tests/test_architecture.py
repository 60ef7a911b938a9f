"""The house's own rules, checked from the code."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import llama_worker
from llama_worker import errors

SOURCE = Path(llama_worker.__file__).parent
# A room may import from itself and from rooms with a lower number.
LEVELS = {
    "errors": 0,
    "options": 1,
    "messages": 2,
    "engine": 3,
    "models": 3,
    "worker": 4,
    "ports": 5,
    "http": 6,
    "cli": 7,
}


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> Iterator[str]:
    package = ["llama_worker", *path.relative_to(SOURCE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = [*base, *(node.module or "").split(".")] if node.module else base
            names = [[*stem, alias.name] for alias in node.names]
        else:
            continue
        yield from (name[1] for name in names if name[0] == "llama_worker" and len(name) > 1)


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_imports_go_one_way(path: Path) -> None:
    room = room_of(path)
    if room in LEVELS:
        for other in imported_rooms(path):
            if other in LEVELS and other != room:
                assert LEVELS[other] < LEVELS[room], f"{room} imports {other}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_nothing_native_is_loaded_into_the_programs_process() -> None:
    code = "import sys, llama_worker; llama_worker.LlamaWorker; print('xllamacpp' in sys.modules)"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output == "False\n"


def test_the_engine_process_imports_next_to_nothing() -> None:
    code = "import sys, llama_worker.engine.child; print('aiohttp' in sys.modules)"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output == "False\n"


def test_public_names_exist_and_are_all_there_is() -> None:
    for name in llama_worker.__all__:
        assert getattr(llama_worker, name) is not None
    assert sorted(llama_worker.__all__) == sorted(set(llama_worker.__all__))
    assert dir(llama_worker) == llama_worker.__all__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        llama_worker.nothing  # noqa: B018


def error_classes() -> list[type[errors.LlamaWorkerError]]:
    found = [value for value in vars(errors).values() if isinstance(value, type)]
    return [value for value in found if issubclass(value, errors.LlamaWorkerError)]


@pytest.mark.parametrize("kind", error_classes())
def test_every_error_is_in_the_tree_with_its_code(kind: type[errors.LlamaWorkerError]) -> None:
    assert errors.__doc__
    lines = [line for line in errors.__doc__.splitlines() if kind.__name__ in line.split()]
    lines += [line for line in errors.__doc__.splitlines() if line.rstrip().endswith(f" {kind.__name__}")]
    assert lines, f"{kind.__name__} is missing in the tree"
    if "code" in vars(kind):
        assert kind.code in lines[0].split()


def test_codes_are_unique() -> None:
    codes = [kind.code for kind in error_classes() if "code" in vars(kind)]
    assert len(codes) == len(set(codes))
