"""Real vocabularies, as the keys of a model file; more special tokens can be added to them."""

from __future__ import annotations

import struct
from functools import lru_cache

from gguf import TokenType
from msgspec import Struct

from tests.models import raw_gguf

from .sources import VOCABULARIES

_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_TOKENS, _KINDS, _SCORES = (f"tokenizer.ggml.{name}" for name in ("tokens", "token_type", "scores"))
_END, _END_OF_TURN = "tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"
_TEMPLATE = "tokenizer.chat_template"


class Vocabulary(Struct, frozen=True):
    """The tokens, the encoded payloads of arrays, and all other keys as they stand in the file."""

    tokens: tuple[bytes, ...]
    arrays: dict[str, tuple[int, bytes]]
    others: dict[str, bytes]


def vocabulary_keys(name: str, special: tuple[str, ...], words: tuple[str, ...], end: str) -> tuple[list[bytes], int]:
    """The encoded keys of a vocabulary and the number of its tokens.

    `special` become control tokens and `words` user-defined ones where they are not tokens already; `end` is the token
    that ends an answer, the vocabulary's own when empty.
    """
    vocabulary = read_vocabulary(name)
    known = set(vocabulary.tokens)
    more = [(text.encode(), TokenType.CONTROL) for text in special]
    more += [(text.encode(), TokenType.USER_DEFINED) for text in words]
    new = [(text, kind) for text, kind in more if text not in known]
    keys = [*vocabulary.others.values(), *_arrays(vocabulary, new)]
    tokens = [*vocabulary.tokens, *(text for text, _ in new)]
    if end:
        keys = [key for key in keys if not key.startswith((raw_gguf.text(_END), raw_gguf.text(_END_OF_TURN)))]
        keys += [raw_gguf.u32(_END, tokens.index(end.encode()))]
    return keys, len(tokens)


def _arrays(vocabulary: Vocabulary, new: list[tuple[bytes, TokenType]]) -> list[bytes]:
    additions = {
        _TOKENS: b"".join(raw_gguf.text(text) for text, _ in new),
        _KINDS: b"".join(struct.pack("<i", kind) for _, kind in new),
        _SCORES: bytes(4 * len(new)),
    }
    keys = []
    for name, (kind, payload) in vocabulary.arrays.items():
        count = len(vocabulary.tokens) + len(new)
        keys.append(raw_gguf.array(name, kind, count, payload + additions[name]))
    return keys


@lru_cache(maxsize=4)
def read_vocabulary(name: str) -> Vocabulary:
    """A vocabulary that was fetched; its own chat template is left out."""
    data = (VOCABULARIES / f"{name}.gguf").read_bytes()
    (count,) = struct.unpack_from("<Q", data, 16)
    position, arrays, others = 24, {}, {}
    tokens: list[bytes] = []
    for _ in range(count):
        start = position
        key, position = _text(data, position)
        kind = struct.unpack_from("<I", data, position)[0]
        name = key.decode()
        if name in (_TOKENS, _KINDS, _SCORES):
            (element,) = struct.unpack_from("<I", data, position + 4)
            end, texts = _skip_array(data, position + 4)
            arrays[name] = (element, data[position + 16 : end])
            tokens = texts if name == _TOKENS else tokens
        else:
            end = _skip(data, position + 4, kind)
            if name.startswith("tokenizer.ggml."):
                others[name] = data[start:end]
        position = end
    return Vocabulary(tuple(tokens), arrays, others)


def _text(data: bytes, position: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from("<Q", data, position)
    end = position + 8 + length
    return data[position + 8 : end], end


def _skip(data: bytes, position: int, kind: int) -> int:
    if kind == raw_gguf.STRING:
        return _text(data, position)[1]
    return _skip_array(data, position)[0] if kind == raw_gguf.ARRAY else position + _SIZES[kind]


def _skip_array(data: bytes, position: int) -> tuple[int, list[bytes]]:
    """Where an array ends, and its texts when it has any."""
    kind, count = struct.unpack_from("<IQ", data, position)
    position += 12
    if kind != raw_gguf.STRING:
        return position + count * _SIZES[kind], []
    texts = []
    for _ in range(count):
        text, position = _text(data, position)
        texts.append(text)
    return position, texts
