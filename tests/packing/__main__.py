"""Install what packs and what checks."""

from __future__ import annotations

from tests.packing.environment import NAMES, install

for name in NAMES:
    install(name)
