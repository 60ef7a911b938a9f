"""The documentation as a site.

`python -m website` builds it, `serve` shows it, `environment` only sets up what builds it; `publish FOLDER` puts this
version's site beside those of others. `examples` runs the examples of the pages and writes what they print below them,
`examples --check` tells what differs. Pages may be named.
"""

from __future__ import annotations

import sys
from pathlib import Path

from . import environment, serving
from .building import OUTPUT, build
from .examples import running
from .publishing import publish


def main(command: str = "build", *arguments: str) -> int:
    if command == "examples":
        names = [name for name in arguments if name != "--check"]
        return _told(running.check(names) if "--check" in arguments else running.write(names))
    environment.install()
    if command == "serve":
        return serving.serve()
    if command == "publish":
        return _told(publish(Path(*arguments)))
    problems = build() if command == "build" else []
    if command == "build" and not problems:
        print(f"{OUTPUT / 'index.html'} is the site; it needs no server.")
    return _told(problems)


def _told(problems: list[str]) -> int:
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
