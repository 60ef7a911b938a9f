"""`python -m website` builds the site; `serve` shows it, `environment` only sets up what builds it."""

from __future__ import annotations

import sys

from . import environment, serving
from .building import OUTPUT, build


def main(command: str = "build") -> int:
    environment.install()
    if command == "serve":
        return serving.serve()
    if command == "environment":
        return 0
    problems = build()
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    if not problems:
        print(f"{OUTPUT / 'index.html'} is the site; it needs no server.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
