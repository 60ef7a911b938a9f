"""What the index gets: whole, truthful, and readable there."""

from __future__ import annotations

import re
import tarfile
from pathlib import Path

import pytest

from llama_worker import __version__
from tests.packing.distributions import Distributions, build, contents
from tests.packing.environment import ROOT, program, run

pytestmark = [pytest.mark.package, pytest.mark.timeout(300)]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CACHES = re.compile(r"(^|/)(__pycache__|node_modules|\.[a-z_]+|build|dist)/|\.pyc$")


def test_the_checkers_of_the_index_find_nothing(distributions: Distributions) -> None:
    run(program("tools", "twine"), "check", "--strict", distributions.sdist, distributions.wheel)
    run(program("tools", "check-wheel-contents"), "--ignore", "W004", distributions.wheel)  # hook-NAME.py is no module


def test_what_the_readme_names_is_in_the_source_distribution(distributions: Distributions) -> None:
    files = distributions.source_files()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    linked = {link.partition("#")[0] for link in _LINK.findall(readme) if "://" not in link}
    assert len(linked) > 40
    assert linked <= files
    assert {"Makefile", "CONTRIBUTING.md", "LICENSE", "deploy/Containerfile"} <= files


def test_no_cache_is_in_it(distributions: Distributions) -> None:
    assert not [name for name in distributions.source_files() if _CACHES.search(name)]


def test_a_wheel_made_of_the_source_distribution_is_the_same(distributions: Distributions, tmp_path: Path) -> None:
    """As anybody makes it who trusts no binary."""
    with tarfile.open(distributions.sdist) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    again = build(source, tmp_path / "dist")
    assert contents(again.wheel) == contents(distributions.wheel)


def test_every_link_on_the_index_leads_to_this_version(distributions: Distributions) -> None:
    text = str(distributions.metadata().get_payload())
    links = _LINK.findall(text)
    assert len(links) > 40
    assert all(link.startswith("https://") for link in links), links
    ours = [link for link in links if "llama-worker/llama-worker" in link]
    assert all(f"/v{__version__}/" in link for link in ours)
    assert any(link.startswith("https://raw.") and link.endswith("page.png") for link in ours)


def test_the_metadata_says_who_and_where(distributions: Distributions) -> None:
    metadata = distributions.metadata()
    urls = dict(each.split(", ") for each in metadata.get_all("Project-URL", []))
    assert {"Homepage", "Documentation", "Repository", "Issues", "Changelog"} <= set(urls)
    assert metadata["Author"]
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Version"] == __version__


@pytest.mark.parametrize("platform", ["manylinux_2_28_x86_64", "macosx_13_0_arm64", "win_amd64"])
@pytest.mark.parametrize("python", ["3.11", "3.14"])
def test_all_it_needs_has_wheels(packers: Path, platform: str, python: str, tmp_path: Path) -> None:
    """For the oldest and the newest Python that the metadata names, on each system, as binaries."""
    where = ("--python-version", python, "--platform", platform, "--only-binary", ":all:")
    extra = ("--platform", "manylinux_2_17_x86_64") if platform.startswith("manylinux") else ()
    command = ("-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--target", tmp_path)
    requirements = packers.parents[1] / "requirements.txt"
    lines = [line for line in requirements.read_text().splitlines() if "nuitka" not in line and "==" not in line]
    run(packers, *command, *where, *extra, *lines)
