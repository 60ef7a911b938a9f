"""What a model is, of the first bytes of its file alone: enough to say whether it fits.

A vocabulary stands between what a model is like and the list of its tensors, and is some megabytes. So the tensors are
made up: as many as the file says, as large as the file, spread over the layers as those of a transformer are.
"""

from __future__ import annotations

from msgspec.structs import replace

from .cursor import ByteSource
from .header import GgufHeader, explained
from .parser import GgufArray, RawHeader, TensorInfo, Value, read_beginning

FIRST_BYTES = 64 << 10
"""As much as holds what converters write before the vocabulary."""

_TYPE = "Q4_K"
_NEEDED = ("general.architecture", "block_count", "embedding_length")


def read_outline(source: ByteSource, name: str, size_bytes: int) -> GgufHeader | None:
    """The header of a model of `size_bytes`, all parts together, as far as `source` has it, with tensors made up.

    None when what an estimate needs does not come that early. Raises InvalidModelError for what is no GGUF file.
    """
    with explained(name):
        version, tensor_count, metadata = read_beginning(source)
    architecture = metadata.get("general.architecture", "")
    needed = (_NEEDED[0], *(f"{architecture}.{key}" for key in _NEEDED[1:]))
    if not all(key in metadata for key in needed) or "tokenizer.ggml.tokens" not in metadata:
        return None
    described = GgufHeader(name, RawHeader(version, metadata, (), 32, 0), size_bytes)
    _suppose_merges(metadata, described.vocab_size)
    tensors = _tensors(described, tensor_count)
    return GgufHeader(name, RawHeader(version, metadata, tensors, 32, 0), size_bytes).check_loadable()


def resized(header: GgufHeader, size_bytes: int) -> GgufHeader:
    """The same model as a file of another size, as with another quantization."""
    ratio = size_bytes / max(header.size_bytes, 1)
    tensors = tuple(replace(tensor, size_bytes=int(tensor.size_bytes * ratio)) for tensor in header.tensors)
    raw = RawHeader(header.version, header.metadata, tensors, header.alignment, header.header_bytes)
    return GgufHeader(header.source, raw, size_bytes)


def _suppose_merges(metadata: dict[str, Value], vocab_size: int) -> None:
    """They follow the vocabulary; where there are any, there are about as many."""
    if metadata.get("tokenizer.ggml.model") == "gpt2":
        metadata.setdefault("tokenizer.ggml.merges", GgufArray("string", vocab_size))


def _tensors(header: GgufHeader, count: int) -> tuple[TensorInfo, ...]:
    """An embedding, and for each layer its share of the number of tensors and of the bytes."""
    for_each = max((count - 2) // max(header.block_count, 1), 1)
    embedding = int(header.size_bytes * _share_of_embedding(header))
    one = (header.size_bytes - embedding) // (for_each * header.block_count)
    widest = max(header.embedding_length, *header.per_block("feed_forward_length"))
    layers = [
        TensorInfo(f"blk.{layer}.ffn_gate.{index}", _TYPE, (widest, 1), 0, one)
        for layer in range(header.block_count)
        for index in range(for_each)
    ]
    shape = (header.embedding_length, max(header.vocab_size, 1))
    return (TensorInfo("token_embd.weight", _TYPE, shape, 0, embedding), *layers)


def _share_of_embedding(header: GgufHeader) -> float:
    width, feed_forward = header.embedding_length, max(header.per_block("feed_forward_length"), default=0)
    experts = header.integer("expert_count")
    if experts:
        feed_forward = experts * header.integer("expert_feed_forward_length", feed_forward)
    embedding = width * header.vocab_size
    layers = header.block_count * width * (3 * width + 3 * feed_forward)
    return embedding / max(embedding + layers, 1)
