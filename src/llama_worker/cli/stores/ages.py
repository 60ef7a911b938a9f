"""How long ago, as people write it."""

from __future__ import annotations

import re

import click

_UNITS = {"h": 1 / 24, "d": 1.0, "w": 7.0, "m": 30.0, "y": 365.0}
_AGE = re.compile(r"(\d+(?:\.\d+)?)([hdwmy]?)")


class AgeType(click.ParamType[float]):
    """Days: 30d, 12h, 2w, 6m (of 30 days), 1y; a number alone is days."""

    name = "age"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> float:
        found = _AGE.fullmatch(value.strip().lower())
        if found is None:
            self.fail(f"{value!r} is no age: write 30d, 12h, 2w, 6m or 1y.", param, ctx)
        return float(found[1]) * _UNITS[found[2] or "d"]


AGE = AgeType()
