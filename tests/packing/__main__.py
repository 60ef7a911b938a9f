"""Install what packs and what checks: all of it, or what is named."""

from __future__ import annotations

import sys

from tests.packing.environment import NAMES, install

for name in sys.argv[1:] or NAMES:
    install(name)
