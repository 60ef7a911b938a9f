"""Models as Ollama's clients are told of them."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

from ....messages.stored import ModelEntry
from ....models.gguf.header import GgufHeader
from ....models.gguf.parser import GgufArray, Value
from ....models.store.listing import plain_value
from ...dialects.fields import Object
from ..forms import time_text

_DIGEST = re.compile(r"[0-9a-f]{64}")
_MOST_ITEMS = 5


def details_of(header: GgufHeader) -> Object:
    """What a file says of its model."""
    told = _details(header.architecture, header.parameter_count, header.quantization, header.context_length)
    return told | {"embedding_length": header.embedding_length}


def details_in(entry: ModelEntry) -> Object:
    """The same, of a model in a list."""
    return _details(
        entry.architecture or "", entry.parameters or 0, entry.quantization or "", entry.context_length or 0
    )


def digest_of(path: Path) -> str:
    """The file's own, where it is named by it, as files of the hub are; else one of its place, size and date."""
    blob = path.resolve().name
    if _DIGEST.fullmatch(blob):
        return blob
    status = path.stat()
    facts = f"{path}\0{status.st_size}\0{status.st_mtime_ns}"
    return hashlib.sha256(facts.encode(errors="surrogatepass")).hexdigest()


def modified_at(path: Path) -> str:
    """When a file was written."""
    return time_text(datetime.fromtimestamp(path.stat().st_mtime, UTC))


def metadata_of(header: GgufHeader, *, verbose: bool) -> Object:
    """The file's metadata without its template. Long lists are empty unless `verbose`, and those that are not kept of a
    header, as the tokens of a vocabulary, always."""
    told: Object = {"general.parameter_count": header.parameter_count}
    for key, value in header.metadata.items():
        if key != "tokenizer.chat_template":
            told[key] = plain_value(value) if _is_told(value, verbose=verbose) else []
    return told


def _is_told(value: Value, *, verbose: bool) -> bool:
    return not isinstance(value, GgufArray) or (value.data is not None and (verbose or value.count <= _MOST_ITEMS))


def _details(architecture: str, parameters: int, quantization: str, context_length: int) -> Object:
    return {
        "parent_model": "",
        "format": "gguf",
        "family": architecture,
        "families": [architecture],
        "parameter_size": _count_text(parameters),
        "quantization_level": quantization,
        "context_length": context_length,
    }


def _count_text(count: int) -> str:
    for size, letter in ((10**9, "B"), (10**6, "M"), (10**3, "K")):
        if count >= size:
            return f"{count / size:.3g}{letter}"
    return str(count)
