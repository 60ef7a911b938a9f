"""Digests of files that are written down somewhere on this machine."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from ..gguf.inspect import open_unnoticed
from ..store.receipts import read_receipt

_CHUNK = 1 << 20
_BLOB = re.compile(r"[0-9a-f]{64}|[0-9a-f]{40}")


class Recorded(msgspec.Struct, frozen=True):
    """What a file must be: "sha256:..." or "git-sha1:...", and who has said so."""

    digest: str
    by: Literal["store", "download", "hub", "lock"]


def recorded_digest(path: Path) -> Recorded | None:
    """Of a file of the store; None where nobody has noted any."""
    blob = Path(os.path.realpath(path))
    if blob.parent.name == "blobs" and _BLOB.fullmatch(blob.name):
        kind = "sha256" if len(blob.name) == 64 else "git-sha1"
        return Recorded(f"{kind}:{blob.name}", "store")
    receipt = read_receipt(path)
    return Recorded(receipt.digest, "download") if receipt else None


def digest_of(path: Path, kind: str = "sha256", tick: Callable[[int], object] = lambda _: None) -> str:
    """ "sha256:..." or "git-sha1:..."; reads all of the file, and tells `tick` of each piece. Raises OSError."""
    with open(path, "rb", buffering=0, opener=open_unnoticed) as file:
        size = os.fstat(file.fileno()).st_size
        running = hashlib.sha256()
        if kind == "git-sha1":
            running = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
        while piece := file.read(_CHUNK):
            running.update(piece)
            tick(len(piece))
    return f"{kind}:{running.hexdigest()}"
