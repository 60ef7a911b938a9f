"""`python -m tests.compare` asks node-llama-cpp, as `python -m benchmarks.contestants` installs it, claim by claim."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.contestants.table import CONTESTANTS

import llama_worker
from tests.compare.claims import CLAIMS, NO_LONGER

SCRIPT = Path(__file__).parent / "node_llama_cpp.mjs"
MODEL = Path(llama_worker.__file__).parent / "assets" / "builtin.gguf"


def main() -> int:
    """Ends with 1 when what the page says and what is seen differ."""
    expected = dict.fromkeys(CLAIMS, True) | dict.fromkeys(NO_LONGER, False)
    seen = {}
    for row in map(json.loads, asked()):
        seen[row["claim"]] = row["holds"]
        print(f"{'yes' if row['holds'] else 'no':5}{row['claim']} ({row['seen'][:60]})")
    differing = [claim for claim, holds in expected.items() if seen.get(claim) != holds]
    for claim in differing:
        print(f"The page says otherwise: {claim}")
    return 1 if differing else 0


def asked() -> list[str]:
    """What the script printed."""
    environment = CONTESTANTS["node-llama-cpp"].needs
    assert environment is not None
    if not environment.ready:
        raise SystemExit(environment.missing)
    with tempfile.TemporaryDirectory() as folder:
        command = ["node", str(SCRIPT), str(MODEL), folder]
        done = subprocess.run(command, cwd=environment.folder, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout.splitlines()


if __name__ == "__main__":
    sys.exit(main())
