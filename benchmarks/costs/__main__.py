"""`python -m benchmarks.costs`: every one of them, one after the other; each can also be run by itself."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

from benchmarks import costs


def main() -> int:
    names = sorted(module.name for module in pkgutil.iter_modules(costs.__path__) if module.name != "__main__")
    worst = 0
    for name in names:
        print(f"== {name}", flush=True)
        worst = max(worst, subprocess.run([sys.executable, "-m", f"benchmarks.costs.{name}"], check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
