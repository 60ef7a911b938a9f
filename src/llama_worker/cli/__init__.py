"""The command line."""

from __future__ import annotations

import sys

from .starting.early import engine_begun


def main() -> None:
    """Entry point of `llama-worker`; exits with 0, 1 for a stated error, 2 for wrong usage, 130 after Ctrl-C."""
    try:
        with engine_begun(sys.argv[1:]):
            from .main import run

            code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while modules were imported
        code = 130
    sys.exit(code)
