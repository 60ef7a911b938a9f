"""Ranges of whole numbers as GBNF: every number of a range, written in decimals, and no other."""

from __future__ import annotations

from .prefix import literal

_LARGEST = 10**16 - 1
"""What a grammar lets be written where nothing bounds it: beyond it JavaScript's numbers have gaps."""


def integers(least: int | None, most: int | None) -> list[str]:
    """The alternatives for the numbers from `least` to `most`, both included, None for as far as numbers go. Empty when
    there are none."""
    low = -_LARGEST if least is None else least
    high = _LARGEST if most is None else most
    negative = [f'"-" {one}' for one in _positive(max(1, -high), -low)] if low < 0 else []
    return negative + (_positive(max(0, low), high) if high >= 0 else [])


def _positive(low: int, high: int) -> list[str]:
    """By the number of digits."""
    found = []
    for length in range(len(str(low)), len(str(max(low, high))) + 1):
        first = max(low, 10 ** (length - 1) if length > 1 else 0)
        last = min(high, 10**length - 1)
        if first <= last:
            found.append(_between(str(first), str(last)))
    return found


def _between(low: str, high: str) -> str:
    """The numbers of so many digits from one to another."""
    if low == high:
        return literal(low) if low else ""
    if set(low) == {"0"} and set(high) == {"9"}:
        return _any(len(low))
    if low[0] == high[0]:
        return f"{literal(low[0])} {_between(low[1:], high[1:])}"
    rest = len(low) - 1
    from_low, to_high = int(low[0]), int(high[0])
    alternatives = []
    if set(low[1:]) - {"0"}:
        alternatives.append(f"{literal(low[0])} {_between(low[1:], '9' * rest)}")
        from_low += 1
    if set(high[1:]) - {"9"}:
        alternatives.append(f"{literal(high[0])} {_between('0' * rest, high[1:])}")
        to_high -= 1
    if from_low <= to_high:
        alternatives.append(f"[{from_low}-{to_high}] {_any(rest)}".strip())
    return alternatives[0] if len(alternatives) == 1 else f"({' | '.join(alternatives)})"


def _any(length: int) -> str:
    return {0: "", 1: "[0-9]"}.get(length, f"[0-9]{{{length}}}")
