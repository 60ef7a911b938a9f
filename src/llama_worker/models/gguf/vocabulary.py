"""Whether two models have one vocabulary, so that what one of them drafts means the same to the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from .cursor import MalformedHeader, require
from .header import GgufHeader, explained
from .parser import GgufArray
from .special_tokens import token_texts

# llama.cpp's own limits for a draft model: padding may differ, and the first tokens are named as everybody likes.
MOST_MISSING = 128
_FIRST_COMPARED = 5


def check_same_vocabulary(path: Path, draft: GgufHeader, of: Path, model: GgufHeader) -> None:
    """Raises InvalidModelError, saying why, when the model at `path` cannot draft for that at `of`. Reads the disk."""
    with explained(str(path), "draft model for this one"):
        ours, theirs = _tokens(model), _tokens(draft)
        kinds = [header.text("tokenizer.ggml.model") for header in (model, draft)]
        require(kinds[0] == kinds[1], f"its vocabulary is of the kind {kinds[1]!r}, and this one's {kinds[0]!r}")
        missing = abs(ours.count - theirs.count)
        require(missing <= MOST_MISSING, f"it has {theirs.count} tokens, and this model {ours.count}")
        for kind in ("bos", "eos"):
            require(_added(draft, kind) == _added(model, kind), f"a text has another {kind.upper()} token for it")
        pairs = zip(token_texts(of, ours), token_texts(path, theirs), strict=False)
        for number, (one, other) in _numbered(pairs):
            require(one == other, f"its token {number} is {_shown(other)}, and this model's {_shown(one)}")


def _numbered(pairs: Iterator[tuple[bytes, bytes]]) -> Iterator[tuple[int, tuple[bytes, bytes]]]:
    return enumerate(islice(pairs, _FIRST_COMPARED, None), start=_FIRST_COMPARED)


def _tokens(header: GgufHeader) -> GgufArray:
    tokens = header.metadata.get("tokenizer.ggml.tokens")
    if not isinstance(tokens, GgufArray) or tokens.item_type != "string":
        raise MalformedHeader(f"{header.source} has no vocabulary")
    return tokens


def _added(header: GgufHeader, kind: str) -> tuple[object, object]:
    """Whether such a token is added to texts, and which; which one does not matter where none is."""
    added = header.metadata.get(f"tokenizer.ggml.add_{kind}_token")
    return added, header.metadata.get(f"tokenizer.ggml.{kind}_token_id") if added else None


def _shown(text: bytes) -> str:
    return repr(text[:40].decode(errors="replace"))
