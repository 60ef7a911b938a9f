from __future__ import annotations

import re
import tomllib

import pytest
from release.__main__ import main
from release.checks import problems
from release.version import ROOT, version

import llama_worker
from release import changelog

CHANGES = """# Changelog

## Unreleased

## 1.1.0 - 2026-11-22

### Added

- A thing.

## 1.0.0 - 2026-01-01

- All.
"""


def test_the_version_stands_in_one_place() -> None:
    assert version() == llama_worker.__version__


def test_a_changelog_is_read() -> None:
    assert list(changelog.sections(CHANGES)) == ["Unreleased", "1.1.0", "1.0.0"]
    assert changelog.notes("1.1.0", CHANGES) == "### Added\n\n- A thing."
    with pytest.raises(KeyError):
        changelog.notes("2.0.0", CHANGES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CHANGES.replace("1.1.0 - 2026-11-22", "1.1.0"), "has no section"),
        (CHANGES.replace("### Added\n\n- A thing.\n\n", ""), "says nothing about"),
        (CHANGES.replace("## Unreleased\n", "## Unreleased\n\n- Another.\n"), "under Unreleased"),
    ],
)
def test_what_is_not_ready_is_said(
    text: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("changes") / "CHANGELOG.md"
    monkeypatch.setattr(changelog, "FILE", file)
    file.write_text(CHANGES, encoding="utf-8")
    assert [each for each in problems("1.1.0", "v1.1.0") if "CHANGELOG" in each] == []
    file.write_text(text, encoding="utf-8")
    assert any(said in each for each in problems("1.1.0", "v1.1.0"))


def test_a_tag_of_another_version_is_refused() -> None:
    assert any("it must be v" in each for each in problems(version(), "v0.0.0"))
    assert "it must be v" in (main(["check", "v0.0.0"]) or "")


def test_the_repository_is_named_in_one_way() -> None:
    """Every address of it in the metadata begins alike."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    urls = tomllib.loads(text)["project"]["urls"]
    _, _, owner = urls["Repository"].partition("github.com/")
    named = re.findall(r"https://(?:raw\.)?github(?:usercontent)?\.com/([\w.-]+/[\w.-]+)", text)
    assert len(named) >= 7
    assert set(named) == {owner}
