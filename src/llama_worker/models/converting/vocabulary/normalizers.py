"""Whether a tokenizer writes all letters small, and without accents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import gguf

_LOWERCASE = "tokenizer.ggml.normalizer.lowercase"
_STRIP_ACCENTS = "tokenizer.ggml.normalizer.strip_accents"


def write_normalizers(tokenizer: dict[str, Any], keys: gguf.GGUFWriter) -> None:
    """gguf 0.19 has no names for these keys, which llama.cpp reads."""
    found: dict[str, Any] = {}
    _read(tokenizer.get("normalizer") or {}, found)
    for key in (_LOWERCASE, _STRIP_ACCENTS):
        if found.get(key) is not None:
            keys.add_bool(key, found[key])


def _read(normalizer: dict[str, Any], found: dict[str, Any]) -> None:
    kind = normalizer.get("type")
    if kind == "Lowercase":
        found[_LOWERCASE] = True
    elif kind == "StripAccents":
        found[_STRIP_ACCENTS] = True
    elif kind == "BertNormalizer":
        found |= {_LOWERCASE: normalizer.get("lowercase"), _STRIP_ACCENTS: normalizer.get("strip_accents")}
    elif kind == "Sequence":
        for each in normalizer.get("normalizers") or ():
            _read(each, found)
