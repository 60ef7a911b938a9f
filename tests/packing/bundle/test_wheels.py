"""Which wheels are collected: those that the target needs, which may not be this system."""

from __future__ import annotations

import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from llama_worker.errors import DownloadError, InvalidOptionsError
from llama_worker.packing.bundle.rebuilding import rebuild_wheel
from llama_worker.packing.bundle.sources import Sources
from llama_worker.packing.bundle.target import Target, target_of
from llama_worker.packing.bundle.wheel_file import read_wheel
from llama_worker.packing.bundle.wheels import collect

WINDOWS = target_of("3.13", ["win_amd64"])


def wheel(folder: Path, name: str, *requirements: str) -> Path:
    path = folder / f"{name}-1.0-py3-none-any.whl"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {r}" for r in requirements)]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}-1.0.dist-info/METADATA", "\n".join([*lines, "", ""]))
    return path


@pytest.fixture
def published(tmp_path: Path) -> Sources:
    """An app whose needs depend on the system, on Python, and on an extra; two of them need each other."""
    wheels = (
        wheel(tmp_path, "app", "app-base[fast]", "app-windows; sys_platform == 'win32'", "extra; extra == 'more'"),
        wheel(tmp_path, "app_base", "app_loop", "app-fast; extra == 'fast'", "app-old; python_version < '3.12'"),
        wheel(tmp_path, "app_loop", "app-base"),
        *(wheel(tmp_path, name) for name in ("app_fast", "app_windows", "app_old", "extra")),
    )
    return Sources(given=wheels, offline=True)


def names(sources: Sources, folder: Path, wanted: str, target: Target) -> list[str]:
    folder.mkdir(exist_ok=True)
    found = collect(Requirement(wanted), folder, target, sources, lambda _: None)
    assert sorted(folder.iterdir()) == sorted(each.wheel.path for each in found)
    return [each.wheel.name for each in found]


def test_conditions_are_judged_by_the_target(published: Sources, tmp_path: Path) -> None:
    always = ["app", "app-base", "app-fast", "app-loop"]
    assert names(published, tmp_path / "a", "app==1.0", WINDOWS) == [*always, "app-windows"]
    assert names(published, tmp_path / "b", "app", target_of("3.11", ["manylinux_2_28_x86_64"])) == [
        *always,
        "app-old",
    ]


def test_extras_bring_what_they_name(published: Sources, tmp_path: Path) -> None:
    assert names(published, tmp_path / "a", "app[more]", WINDOWS)[-1] == "extra"


def test_what_cannot_be_had_is_named(tmp_path: Path) -> None:
    sources = Sources(given=(wheel(tmp_path, "app", "no-such-package>2"),), offline=True)
    with pytest.raises(DownloadError, match="no-such-package"):
        names(sources, tmp_path / "wheels", "app", Target())
    with pytest.raises(DownloadError, match=r"no-such-package>2 for 3\.13 win_amd64: no index is asked"):
        names(sources, tmp_path / "for-windows", "app", WINDOWS)


def test_a_version_that_is_installed_and_not_wanted_is_an_error(tmp_path: Path) -> None:
    sources = Sources(given=(wheel(tmp_path, "app", "click<1"),), offline=True)
    with pytest.raises(DownloadError, match="is installed, and click<1 is needed"):
        names(sources, tmp_path / "wheels", "app", Target())


def test_older_systems_wheels_run_too() -> None:
    options = target_of("3.13", ["manylinux_2_19_x86_64"]).pip_options()
    tags = ["manylinux_2_19_x86_64", "manylinux_2_18_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"]
    assert [option for option in options if "linux" in option] == tags


@pytest.mark.parametrize("platform", ["windows", "win", "", "any"])
def test_a_platform_that_is_none_is_refused(platform: str) -> None:
    with pytest.raises(InvalidOptionsError, match="is no platform such as"):
        target_of(None, [platform])


@pytest.mark.parametrize("version", ["3", "4.0", "three", "3.12.1"])
def test_a_python_that_is_none_is_refused(version: str) -> None:
    with pytest.raises(InvalidOptionsError, match="is no version of Python"):
        target_of(version, [])


def test_a_wheel_made_of_what_is_installed_holds_the_same_files(tmp_path: Path) -> None:
    installed = distribution("filelock")
    path = rebuild_wheel(installed, tmp_path)
    assert (read_wheel(path).name, read_wheel(path).version) == ("filelock", installed.version)
    assert path.name == f"filelock-{installed.version}-py3-none-any.whl"
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not name.endswith("RECORD"):
                assert archive.read(name) == Path(str(installed.locate_file(name))).read_bytes()
        assert "filelock/__init__.py" in archive.namelist()


def test_a_native_one_keeps_its_platform(tmp_path: Path) -> None:
    name = rebuild_wheel(distribution("msgspec"), tmp_path).name
    assert not name.endswith("none-any.whl")
