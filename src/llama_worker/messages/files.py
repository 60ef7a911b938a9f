"""What is told of model files: what stands in one, and what is different in two."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class MetadataEntry(Struct, frozen=True, kw_only=True, rename="camel"):
    """A key of a file's metadata. `type` is as GGUF calls it: "u32", "string", "string[32000]" for an array. `value` is
    None for a long array."""

    key: str
    type: str
    value: Any = None


class TensorEntry(Struct, frozen=True, kw_only=True, rename="camel"):
    """A tensor: `type` is as ggml calls it ("Q4_K"), the innermost dimension stands first."""

    name: str
    type: str
    shape: tuple[int, ...]
    size_bytes: int


class FileDescription(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the header of a model file says, in its order; of a model in parts all parts taken together.

    `header_bytes` are those before the tensors of the first part.
    """

    path: str
    version: int
    alignment: int
    size_bytes: int
    header_bytes: int
    metadata: list[MetadataEntry]
    tensors: list[TensorEntry]


class MetadataDifference(Struct, frozen=True, kw_only=True, rename="camel"):
    """A key whose value is another, or that only one of the files has. Of two arrays: how many of their items differ,
    and the first of these, counted from 0."""

    key: str
    before: MetadataEntry | None
    after: MetadataEntry | None
    items: int | None = None
    first_item: int | None = None


class TensorDifference(Struct, frozen=True, kw_only=True, rename="camel"):
    """A tensor of another type or shape, or that only one of the files has."""

    name: str
    before: TensorEntry | None
    after: TensorEntry | None


class FileDifferences(Struct, frozen=True, kw_only=True, rename="camel"):
    """What is different in two model files. `contents` names the tensors of the same type and shape whose bytes differ;
    None when nobody has looked."""

    metadata: list[MetadataDifference]
    tensors: list[TensorDifference]
    contents: list[str] | None = None

    @property
    def same(self) -> bool:
        """Whether nothing is different, as far as was looked."""
        return not (self.metadata or self.tensors or self.contents)


class MetadataEdit(Struct, frozen=True, kw_only=True, rename="camel"):
    """What came of an edit: the file, what is different in it, and whether it was changed in place."""

    path: str
    in_place: bool
    changes: list[MetadataDifference]
