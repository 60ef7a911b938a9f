"""One file for each group of comparisons, with a list named COMPARISONS; a new file is found by being here."""

from __future__ import annotations

import importlib
import pkgutil

from benchmarks.measuring.comparison import Comparison


def all_comparisons() -> list[Comparison]:
    """In the order of the files' names; two of one name raise ValueError."""
    found: dict[str, Comparison] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        for comparison in importlib.import_module(f"{__name__}.{module.name}").COMPARISONS:
            if comparison.name in found:
                raise ValueError(f"Two comparisons are named {comparison.name!r}.")
            found[comparison.name] = comparison
    return list(found.values())
