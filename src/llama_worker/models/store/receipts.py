"""Where a file of the folder for plain files is from, noted beside it: the hub's files are named by their digests."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from ..whole_files import write_atomic

_SUFFIX = ".origin.json"


class Receipt(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """`url` without a query, which may hold a key; `digest` as "sha256:..."; `validator` is the ETag or the date that
    the server gave."""

    url: str
    size_bytes: int
    digest: str
    validator: str | None = None


def write_receipt(path: Path, receipt: Receipt) -> None:
    """Raises OSError."""
    url = urlsplit(receipt.url)._replace(query="").geturl()
    content = msgspec.json.encode(msgspec.structs.replace(receipt, url=url))
    write_atomic(receipt_path(path), msgspec.json.format(content, indent=2) + b"\n")


def read_receipt(path: Path) -> Receipt | None:
    """Of the file at `path`; None when there is none, or it is of a file of another size."""
    with suppress(OSError, msgspec.MsgspecError):
        receipt = msgspec.json.decode(receipt_path(path).read_bytes(), type=Receipt)
        if receipt.size_bytes == path.stat().st_size:
            return receipt
    return None


def receipt_path(path: Path) -> Path:
    return path.with_name(path.name + _SUFFIX)
