"""How much memory is free: the machine's, or what a control group leaves of it."""

from __future__ import annotations

from pathlib import Path

from llama_worker.models.memory import available as memory
from llama_worker.models.memory.available import AvailableMemory, available_memory

GiB = 1 << 30


def write_group(folder: Path, files: dict[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(f"{content}\n")


def limits(tmp_path: Path, own: str) -> list[AvailableMemory]:
    (tmp_path / "own").write_text(own)
    return list(memory._control_groups(tmp_path / "cgroup", tmp_path / "own"))


def test_something_is_free_here() -> None:
    found = available_memory()
    assert 0 < found.available_bytes <= found.total_bytes


def test_the_tightest_group_around_the_process_counts(tmp_path: Path) -> None:
    root = tmp_path / "cgroup"
    write_group(root / "a" / "b", {"memory.max": "max", "memory.current": GiB})
    usage = {"memory.current": 3 * GiB, "memory.stat": f"anon 5\ninactive_file {GiB}"}
    write_group(root / "a", {"memory.max": 4 * GiB} | usage)
    assert limits(tmp_path, "0::/a/b\n") == [AvailableMemory(2 * GiB, 4 * GiB, "control group")]


def test_groups_of_version_1_count_too(tmp_path: Path) -> None:
    files = {"memory.limit_in_bytes": 2 * GiB, "memory.usage_in_bytes": 3 * GiB, "memory.stat": "broken"}
    write_group(tmp_path / "cgroup" / "memory" / "a", files)
    found = limits(tmp_path, "5:memory:/a\n3:cpu:/b\n")
    assert found == [AvailableMemory(0, 2 * GiB, "control group")]


def test_without_groups_there_is_no_limit(tmp_path: Path) -> None:
    assert limits(tmp_path, "") == []
    assert list(memory._control_groups(tmp_path / "none", tmp_path / "none")) == []
