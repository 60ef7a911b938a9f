"""`python -m release check [TAG]` and `python -m release notes`. Needs no package."""

from __future__ import annotations

import sys

from release import changelog
from release.checks import problems
from release.version import version


def main(arguments: list[str]) -> str | None:
    """None when all is well, else what is said on standard error."""
    match arguments:
        case ["check", *tag] if len(tag) < 2:
            return "\n".join(problems(version(), tag[0] if tag else None)) or None
        case ["notes"]:
            print(changelog.notes(version(), changelog.FILE.read_text(encoding="utf-8")))  # noqa: T201
            return None
    return __doc__


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
