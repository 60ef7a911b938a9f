"""Vectors and scores that mean something without a model: of the words that texts have in common."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from array import array
from collections import Counter
from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_LETTERS = 3


def vector_of(text: str, dimensions: int) -> list[float]:
    """Of length 1, made of the words of `text` and their parts: the more two texts share, the closer they are."""
    numbers = [0.0] * dimensions
    for feature, count in _features(text).items():
        digest = int.from_bytes(hashlib.blake2b(feature.encode(), digest_size=8).digest())
        numbers[digest % dimensions] += count if digest >> 63 else -count
    length = math.hypot(*numbers)
    if not length:
        return [1.0, *[0.0] * (dimensions - 1)]
    return [number / length for number in numbers]


def score_of(query: str, document: str) -> float:
    """Of how many words of the query stand in the document: from -4 for none to 4 for all."""
    words = set(_words(query))
    return 8 * len(words & set(_words(document))) / len(words) - 4 if words else -4.0


def as_base64(vector: Sequence[float]) -> str:
    """32-bit floats, as the engine sends them."""
    return base64.b64encode(array("f", vector).tobytes()).decode()


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _features(text: str) -> Counter[str]:
    words = _words(text)
    features = Counter(words)
    for word in words:
        marked = f" {word} "
        features.update(marked[at : at + _LETTERS] for at in range(len(marked) - _LETTERS + 1))
    return features
