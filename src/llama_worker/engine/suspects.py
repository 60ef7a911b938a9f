"""Which requests were there when engines died: what one of them did is not to be taken for the engine's own fault."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from msgspec import Struct, json

from ..errors import RequestQuarantinedError

# One death may be chance, or a neighbour's doing; the same request at two is neither.
_DEATHS_TO_QUARANTINE = 2
QUARANTINE_SECONDS = 900.0
# A sender could make up new requests for ever; the oldest are forgotten.
_MOST_REMEMBERED = 1000


class EngineRequestRecord(Struct, frozen=True, eq=False):
    """A request as its engine got it, and who sent it: whose turn of the fair queue it was, if it waited for one."""

    path: str
    body: dict[str, Any] | None = None
    owner: Hashable = None

    def fingerprint(self) -> bytes:
        """The same for requests that ask for the same thing."""
        return hashlib.sha256(self.path.encode() + b"\0" + json.encode(self.body, order="sorted")).digest()


class _Deaths(Struct):
    count: int = 0
    latest: float = 0.0


class Suspects:
    """Counts, for one model, the deaths at which each request was running.

    A request that was there at two is quarantined: it is refused for 15 minutes. Owners of any that was there are under
    suspicion until one of their requests ends well: until then they compute alone, so that nobody else is hit.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._deaths: OrderedDict[bytes, _Deaths] = OrderedDict()
        self._owners: OrderedDict[Hashable, None] = OrderedDict()

    def suspects(self, owner: Hashable) -> bool:
        """Whether requests of `owner` are to be computed alone."""
        return owner in self._owners

    def admit(self, request: EngineRequestRecord) -> None:
        """Raise `RequestQuarantinedError` when it was there at two deaths."""
        if not self._deaths:
            return
        deaths = self._deaths.get(request.fingerprint())
        if deaths is None or deaths.count < _DEATHS_TO_QUARANTINE:
            return
        left = deaths.latest + QUARANTINE_SECONDS - self._clock()
        if left > 0:
            raise RequestQuarantinedError(
                f"The engine died {deaths.count} times while it worked on this very request, so it is not sent again "
                f"for {left / 60:.0f} minutes: change it, or load the model again.",
                deaths=deaths.count,
            )

    def blame(self, requests: Iterable[EngineRequestRecord]) -> None:
        """They were running when an engine died."""
        for request in requests:
            deaths = self._deaths.setdefault(request.fingerprint(), _Deaths())
            deaths.count += 1
            deaths.latest = self._clock()
            if request.owner is not None:
                _remember(self._owners, request.owner)
        while len(self._deaths) > _MOST_REMEMBERED:
            self._deaths.popitem(last=False)

    def clear(self, request: EngineRequestRecord) -> None:
        """It has ended well."""
        self._owners.pop(request.owner, None)
        if self._deaths:
            self._deaths.pop(request.fingerprint(), None)

    def forgive(self) -> None:
        """Forget everything."""
        self._deaths.clear()
        self._owners.clear()


def _remember(owners: OrderedDict[Hashable, None], owner: Hashable) -> None:
    owners[owner] = None
    if len(owners) > _MOST_REMEMBERED:
        owners.popitem(last=False)
