"""`python -m benchmarks.contestants` (`make bench-peers`): set up what the contestants need, and say who can run."""

from __future__ import annotations

import sys

from benchmarks.contestants.environments import SetUpError
from benchmarks.contestants.table import CONTESTANTS


def main() -> int:
    """1 when one of them could not be set up; the others are."""
    failed = 0
    for environment in {id(one.needs): one.needs for one in CONTESTANTS.values() if one.needs}.values():
        if not environment.ready:
            print(f"setting up {environment.requirement} in {environment.folder}", flush=True)
        try:
            environment.set_up()
        except (SetUpError, OSError) as error:
            failed = 1
            print(f"{environment.requirement} is left out. {error}", flush=True)
    for contestant in CONTESTANTS.values():
        print(f"{contestant.name}: {contestant.missing or 'ready'}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
