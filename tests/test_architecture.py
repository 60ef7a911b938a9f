"""The house's own rules, checked from the code."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import llama_worker
from llama_worker import errors

SOURCE = Path(llama_worker.__file__).parent
# A room may import from itself and from rooms with a lower number.
LEVELS = {
    "errors": 0,
    "options": 1,
    "config": 2,
    "messages": 2,
    "engine": 3,
    "models": 3,
    "worker": 4,
    "sync": 5,
    "ports": 5,
    "http": 6,
    "packing": 6,
    "testing": 6,
    "integrations": 6,
    "mcp": 7,
    "cli": 8,
}
# A session's `model` property names its model for type checkers; nothing else may look back.
LOOKING_BACK = {
    ("llama_worker.worker.chat.session", "llama_worker.worker.model"),
    ("llama_worker.ports.client.session", "llama_worker.ports.client.model"),
}
MOST_FILES = 16
MOST_LINES = 250
GENERATED = "made by `python -m generators`"
FOREIGN_PRIVATES_PER_1000_LINES = 1.0


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """The dotted names that a file imports, its own functions' and type checkers' imports included."""
    package = ["llama_worker", *path.relative_to(SOURCE).parts[:-1]]
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = [*base, *(node.module or "").split(".")] if node.module else base
            yield from (".".join([*stem, alias.name]) for alias in node.names)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_rooms(path: Path) -> Iterator[str]:
    names = [name.split(".") for name in imports(path)]
    yield from (name[1] for name in names if name[0] == "llama_worker" and len(name) > 1)


def module_of(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def module_graph() -> dict[str, set[str]]:
    """Which module imports which, types included; a name that is no module belongs to the one before its last dot."""
    paths = {module_of(path): path for path in modules()}
    graph: dict[str, set[str]] = {}
    for module, path in paths.items():
        targets = {name if name in paths else name.rpartition(".")[0] for name in imports(path)}
        graph[module] = {target for target in targets if target in paths and target != module}
    return graph


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_imports_go_one_way(path: Path) -> None:
    room = room_of(path)
    if room in LEVELS:
        for other in imported_rooms(path):
            if other in LEVELS and other != room:
                assert LEVELS[other] < LEVELS[room], f"{room} imports {other}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_files_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert GENERATED in text or len(text.splitlines()) <= MOST_LINES


def test_folders_stay_small() -> None:
    """Each can be taken in at a glance."""
    for folder in {path.parent for path in modules()}:
        files = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(files) <= MOST_FILES, folder


def test_every_room_says_what_it_is_for() -> None:
    for path in modules():
        assert ast.get_docstring(parsed(path)), path


def test_nothing_imports_in_circles() -> None:
    """Not even for types: what is left after taking away whatever imports nothing that is left is a circle."""
    graph = {
        module: {target for target in targets if (module, target) not in LOOKING_BACK}
        for module, targets in module_graph().items()
    }
    while leaves := {module for module, targets in graph.items() if not targets & graph.keys()}:
        graph = {module: targets for module, targets in graph.items() if module not in leaves}
    assert not graph


def test_only_sessions_look_back() -> None:
    """And only for type checkers: at run time there is no circle at all."""
    graph = module_graph()
    for module, target in LOOKING_BACK:
        assert target in graph[module]
        source = (SOURCE.parent / Path(*module.split("."))).with_suffix(".py").read_text(encoding="utf-8")
        assert source.index("if TYPE_CHECKING:") < source.index(f"from {'..' if 'chat' in module else '.'}model import")


def foreign_privates(path: Path) -> list[str]:
    """Where a file reaches into the private parts of another object."""
    return [
        ast.unparse(node)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
        and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
    ]


def test_private_parts_stay_private() -> None:
    found = {path.relative_to(SOURCE).as_posix(): names for path in modules() if (names := foreign_privates(path))}
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in modules())
    assert sum(map(len, found.values())) < FOREIGN_PRIVATES_PER_1000_LINES * lines / 1000, found


# What takes long to import, and is needed by few programs or only after the first answer.
LATER = {
    *("aiohttp", "filelock", "huggingface_hub", "importlib.metadata", "mcp", "psutil", "pydantic", "starlette"),
    *("dataclasses", "difflib", "email", "hashlib", "http.client", "multiprocessing", "random", "secrets", "sqlite3"),
    *("tempfile", "tomllib", "urllib.request", "zipfile"),
    *("llama_worker.http", "llama_worker.models.download.download", "llama_worker.options.hints"),
    *("llama_worker.worker.chat.session", "llama_worker.worker.mcp.connection", "llama_worker.worker.tools.functions"),
}
NOT_IN_THE_ENGINE_PROCESS = LATER | {"asyncio", "llama_worker.worker"}


def imported_by(code: str) -> set[str]:
    output = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"], capture_output=True, text=True, check=True
    ).stdout
    return set(output.split())


def test_nothing_native_is_loaded_into_the_programs_process() -> None:
    assert "xllamacpp" not in imported_by("from llama_worker import LlamaWorker")


def test_what_takes_long_to_import_is_imported_where_it_is_needed() -> None:
    assert not LATER & imported_by("from llama_worker import LlamaWorker")


def test_the_engine_process_imports_next_to_nothing() -> None:
    assert not NOT_IN_THE_ENGINE_PROCESS & imported_by("import llama_worker.engine.process.child")


def test_public_names_exist_and_are_all_there_is() -> None:
    for name in llama_worker.__all__:
        assert getattr(llama_worker, name) is not None
    assert sorted(llama_worker.__all__) == sorted(set(llama_worker.__all__))
    assert dir(llama_worker) == llama_worker.__all__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        llama_worker.nothing  # type: ignore[attr-defined]  # noqa: B018


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
