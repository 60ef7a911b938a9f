"""What is found to be too much."""

from __future__ import annotations

from ....errors import InvalidOptionsError


class TooMany(Exception):
    """Raised with what was counted, how many of it there are, at least, and how many there may be."""

    def __init__(self, what: str, count: int, most: int) -> None:
        super().__init__(what, count, most)
        self.what, self.count, self.most = what, count, most


def too_many(subject: str, found: TooMany, path: str) -> InvalidOptionsError:
    """`found` for the caller, who is to make it smaller."""
    message = (
        f"{subject} has at least {found.count} {found.what}, and {found.most} is the most that keeps "
        "the engine answering others: make it simpler or split the request."
    )
    return InvalidOptionsError(message, path=path)
