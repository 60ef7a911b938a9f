"""The vocabularies of OpenAI's models, which tiktoken fetches and litellm's wheel has inside (MIT licence)."""

from __future__ import annotations

import base64
import tempfile
import zipfile
from functools import lru_cache
from pathlib import Path

from tests.families.sources import FOLDER, download

FILE_NAME = "litellm-1.106.2-cp310-abi3-manylinux_2_28_x86_64.whl"
SHA256 = "cb1a2a1e55a4a8350ae2167525dc0d06f59b078cd685fb3e0f5419f02da5420e"
RANKS = FOLDER / "ranks"
_INSIDE = "litellm/litellm_core_utils/tokenizers/"
_FILES = {
    "cl100k_base": "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
    "o200k_base": "fb374d419588a4632f3f557e76b4b70aebbca790",
}


def fetch_ranks() -> None:
    """Keep the two files of that wheel, unless they are there."""
    if all((RANKS / name).is_file() for name in _FILES):
        return
    RANKS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(folder) / FILE_NAME
        download("litellm", FILE_NAME, SHA256, wheel)
        with zipfile.ZipFile(wheel) as content:
            for name, file in _FILES.items():
                (RANKS / name).write_bytes(content.read(_INSIDE + file))


@lru_cache
def read_ranks(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tokens by their number, and of which two each came about."""
    pairs = (line.split() for line in (RANKS / name).read_bytes().splitlines())
    ranks = {base64.b64decode(token): int(rank) for token, rank in pairs}
    symbols = _symbols()
    written = {token: "".join(symbols[byte] for byte in token) for token in ranks}
    return tuple(written.values()), _merges(RANKS / f"{name}.merges", ranks, written)


def _merges(kept: Path, ranks: dict[bytes, int], written: dict[bytes, str]) -> tuple[str, ...]:
    """Found out once, as it takes seconds."""
    if not kept.is_file():
        halves = (_halves(ranks, token, rank) for token, rank in ranks.items() if len(token) > 1)
        kept.write_text("\n".join(f"{written[one]} {written[other]}" for one, other in halves), encoding="utf-8")
    return tuple(kept.read_text(encoding="utf-8").split("\n"))


def _halves(ranks: dict[bytes, int], token: bytes, rank: int) -> tuple[bytes, bytes]:
    """The last two parts of which a token is put together, by merges that come before it."""
    parts = [token[place : place + 1] for place in range(len(token))]
    while len(parts) > 2:
        joined = [ranks.get(parts[place] + parts[place + 1], rank) for place in range(len(parts) - 1)]
        place = joined.index(min(joined))
        assert joined[place] < rank
        parts[place : place + 2] = [parts[place] + parts[place + 1]]
    return parts[0], parts[1]


def _symbols() -> list[str]:
    """How tokenizers write each byte: as itself where that is visible."""
    visible = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte) if byte in visible else chr(next(others)) for byte in range(256)]


_SMALL = "Ġ t,h e,Ġt he,i n,Ġ a,o n,r e,e r,a t,Ġ s,in g,on e,Ġ 1,Ġa n,Ġan d,t h,Ġ o,o u,ou r"


@lru_cache
def small_vocabulary() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Tokens, special ones and merges as above, of all bytes and a few words."""
    merges = tuple(_SMALL.split(","))
    special = ("<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>")
    return (*_symbols(), *(pair.replace(" ", "") for pair in merges)), special, merges
