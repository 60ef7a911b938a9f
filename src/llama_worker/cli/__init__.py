"""The command line."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of `llama-worker`; exits with 0, 1 for a stated error, 2 for wrong usage, 130 after Ctrl-C."""
    from .main import run

    sys.exit(run(sys.argv[1:]))
