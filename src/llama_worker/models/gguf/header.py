"""The header of a GGUF file in the field's words, and whether an engine could load such a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property

from ...errors import InvalidModelError
from .cursor import MalformedHeader, require
from .ggml_types import FILE_TYPES
from .parser import GgufArray, RawHeader, TensorInfo

MAX_BLOCKS = 512
MAX_EXPERTS = 1024
_COUNTS = {
    "context_length": (1, 1 << 31),
    "embedding_length": (1, 1 << 20),
    "feed_forward_length": (0, 1 << 24),
    "attention.head_count": (0, 1 << 16),
    "attention.head_count_kv": (0, 1 << 16),
    "attention.key_length": (1, 1 << 16),
    "attention.value_length": (1, 1 << 16),
    "rope.dimension_count": (0, 1 << 16),
    "expert_count": (0, MAX_EXPERTS),
    "expert_used_count": (0, MAX_EXPERTS),
    "vocab_size": (1, 1 << 24),
}


class GgufHeader:
    """The checked header of one GGUF file, or of all parts of a split model taken together.

    `size_bytes` is the size of the files, `data_bytes` of the tensors in them, `header_bytes` of what precedes them;
    `places` says where in the (first) file the metadata's values stand.
    """

    def __init__(self, source: str, raw: RawHeader, size_bytes: int) -> None:
        self.source = source
        self.version = raw.version
        self.metadata = raw.metadata
        self.tensors = raw.tensors
        self.alignment = raw.alignment
        self.header_bytes = raw.data_offset
        self.places = raw.places
        self.size_bytes = size_bytes

    def __repr__(self) -> str:
        return f"GgufHeader({self.source!r}, {self.architecture}, {len(self.tensors)} tensors)"

    def joined(self, others: Iterable[GgufHeader]) -> GgufHeader:
        """This header with the tensors and sizes of the other parts added."""
        parts = (self, *others)
        tensors = tuple(tensor for part in parts for tensor in part.tensors)
        raw = RawHeader(self.version, self.metadata, tensors, self.alignment, self.header_bytes, self.places)
        return GgufHeader(self.source, raw, sum(part.size_bytes for part in parts))

    def integer(self, key: str, default: int = 0) -> int:
        """The metadata value `{architecture}.{key}` when it is a whole number, else `default`."""
        value = self.metadata.get(f"{self.architecture}.{key}", default)
        return value if type(value) is int else default

    def per_block(self, key: str, default: int = 0) -> list[int]:
        """`{architecture}.{key}` once per block, whether the file holds one number or an array of them."""
        value = self.metadata.get(f"{self.architecture}.{key}", default)
        if isinstance(value, GgufArray):
            values = [int(item) for item in value.values()]
            return (values + [default] * self.block_count)[: self.block_count]
        return [int(value) if isinstance(value, int) else default] * self.block_count

    def text(self, key: str) -> str | None:
        """The metadata value `key` when it is a text."""
        value = self.metadata.get(key)
        return value if isinstance(value, str) else None

    @property
    def architecture(self) -> str:
        """llama.cpp's name of the architecture, such as "llama" or "qwen3"; empty when the file has none."""
        return self.text("general.architecture") or ""

    @property
    def name(self) -> str:
        """The name that the model's author gave, or an empty string."""
        return self.text("general.name") or self.text("general.basename") or ""

    @property
    def block_count(self) -> int:
        """The number of transformer blocks."""
        return self.integer("block_count")

    @property
    def context_length(self) -> int:
        """The context in tokens that the model was trained for; 0 when unknown."""
        return self.integer("context_length")

    @property
    def embedding_length(self) -> int:
        """The width of the model."""
        return self.integer("embedding_length")

    @property
    def chat_template(self) -> str | None:
        """The Jinja text; code of a stranger, to be run only in a sandbox."""
        return self.text("tokenizer.chat_template")

    @property
    def split_count(self) -> int:
        """How many files the model consists of, as the metadata say."""
        value = self.metadata.get("split.count", 1)
        return max(value, 1) if type(value) is int else 1

    @property
    def split_index(self) -> int:
        """Which part this file is, counted from 0."""
        value = self.metadata.get("split.no", 0)
        return value if type(value) is int else 0

    @cached_property
    def vocab_size(self) -> int:
        """The number of tokens."""
        tokens = self.metadata.get("tokenizer.ggml.tokens")
        if isinstance(tokens, GgufArray):
            return tokens.count
        return self.integer("vocab_size")

    @cached_property
    def parameter_count(self) -> int:
        """The number of weights."""
        return sum(tensor.elements for tensor in self.tensors)

    @cached_property
    def data_bytes(self) -> int:
        """The bytes of all tensors."""
        return sum(tensor.size_bytes for tensor in self.tensors)

    @cached_property
    def quantization(self) -> str:
        """The name of the file type, or of the tensor type that holds most bytes."""
        kind = self.metadata.get("general.file_type")
        if type(kind) is int and kind in FILE_TYPES:
            return FILE_TYPES[kind]
        sizes: Counter[str] = Counter()
        for tensor in self.tensors:
            sizes[tensor.type] += tensor.size_bytes
        return sizes.most_common(1)[0][0] if sizes else "unknown"

    @property
    def is_projector(self) -> bool:
        """Whether the file only helps another model (image projector, adapter) and cannot be loaded alone."""
        return self.architecture == "clip" or self.text("general.type") in ("mmproj", "adapter", "imatrix")

    def tensor(self, name: str) -> TensorInfo | None:
        """The tensor of that name."""
        return next((tensor for tensor in self.tensors if tensor.name == name), None)

    def check_loadable(self) -> GgufHeader:
        """Return self; raises InvalidModelError when no engine could load this file as a model."""
        with explained(self.source):
            _check_model(self)
        return self


@contextmanager
def explained(source: str, what: str = "GGUF model") -> Iterator[None]:
    """Turn MalformedHeader into InvalidModelError with the name of the file, which is no usable `what`."""
    try:
        yield
    except MalformedHeader as error:
        raise InvalidModelError(f"{source} is not a usable {what}: {error}.", model=source) from error


def _check_model(header: GgufHeader) -> None:
    require(bool(header.architecture), "it does not say its architecture")
    require(not header.is_projector, "it is a projector or adapter, which only helps another model")
    require(header.split_index == 0, "it is a later part of a split model; name the first part")
    blocks = header.integer("block_count", -1)
    require(1 <= blocks <= MAX_BLOCKS, f"its block count is {blocks}; 1 to {MAX_BLOCKS} are allowed")
    for key, (lowest, highest) in _COUNTS.items():
        _check_count(header, key, lowest, highest)
    _check_epsilons(header)
    used, experts = header.integer("expert_used_count"), header.integer("expert_count")
    require(used <= experts, f"it uses {used} experts of {experts}")
    embedding = header.tensor("token_embd.weight")
    if embedding is not None and header.integer("embedding_length"):
        width = header.embedding_length
        require(embedding.shape[0] == width, f"its token embedding is {embedding.shape[0]} wide, not {width}")


def _check_count(header: GgufHeader, key: str, lowest: int, highest: int) -> None:
    name = f"{header.architecture}.{key}"
    value = header.metadata.get(name)
    if value is None:
        return
    values = value.values() if isinstance(value, GgufArray) else [value]
    for item in values:
        sound = type(item) is int and lowest <= item <= highest
        require(sound, f"{name} is {item!r}; {lowest} to {highest} are allowed")


def _check_epsilons(header: GgufHeader) -> None:
    """One that is negative or no number at all makes the engine abort."""
    for key, value in header.metadata.items():
        if key.endswith("_epsilon"):
            sound = isinstance(value, float) and 0 <= value < 1
            require(sound, f"{key} is {value!r}; it must be a small number")
