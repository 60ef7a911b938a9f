"""What must hold before a version is published."""

from __future__ import annotations

import json
from collections.abc import Iterator

from release import changelog
from release.version import ROOT


def problems(version: str, tag: str | None) -> Iterator[str]:
    """A sentence for each thing that is not ready. `tag`: what the release is called in the repository, if it is."""
    if tag is not None and tag != f"v{version}":
        yield f"The tag is {tag}, and the package says {version}: it must be v{version}."
    package = json.loads((ROOT / "clients" / "javascript" / "package.json").read_text(encoding="utf-8"))
    if package["version"] != version:
        yield f"The npm package says {package['version']}, and this one {version}: run `python -m generators`."
    yield from _of_the_changelog(version, changelog.FILE.read_text(encoding="utf-8"))


def _of_the_changelog(version: str, text: str) -> Iterator[str]:
    sections = changelog.sections(text)
    date, said = sections.get(version, (None, ""))
    if not date:
        yield f"CHANGELOG.md has no section `## {version} - YYYY-MM-DD`."
    elif not said:
        yield f"CHANGELOG.md says nothing about {version}."
    if sections.get("Unreleased", (None, ""))[1]:
        yield f"CHANGELOG.md has changes under Unreleased: they belong to {version}, or to no release yet."
