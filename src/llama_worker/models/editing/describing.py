"""What stands in a file, for people and programs."""

from __future__ import annotations

from itertools import zip_longest

from ...messages.files import FileDescription, MetadataDifference, MetadataEntry, TensorEntry
from ..gguf.header import GgufHeader
from ..gguf.parser import GgufArray, TensorInfo
from ..gguf.writing import Metadata, TypedValue, decoded
from ..store.listing import plain_value

_Described = tuple[GgufHeader, Metadata]


def describe_file(header: GgufHeader) -> FileDescription:
    """Everything that a header says, in its order."""
    return FileDescription(
        path=header.source,
        version=header.version,
        alignment=header.alignment,
        size_bytes=header.size_bytes,
        header_bytes=header.header_bytes,
        metadata=[metadata_entry(header, key) for key in header.metadata],
        tensors=[tensor_entry(info) for info in header.tensors],
    )


def metadata_entry(header: GgufHeader, key: str) -> MetadataEntry:
    """One key; the items of a long array are left out, and so is a text of more than 256 KiB."""
    value = header.metadata[key]
    if not isinstance(value, GgufArray):
        return MetadataEntry(key=key, type=header.places[key].type, value=plain_value(value))
    kind = "string" if value.item_type == "text" else f"{value.item_type}[{value.count}]"
    return MetadataEntry(key=key, type=kind, value=value.values() if value.data is not None else None)


def tensor_entry(info: TensorInfo) -> TensorEntry:
    """One tensor; where it stands is nobody's business."""
    return TensorEntry(name=info.name, type=info.type, shape=info.shape, size_bytes=info.size_bytes)


def metadata_differences(one: _Described, other: _Described) -> list[MetadataDifference]:
    """The keys whose values differ, those of the first in its order."""
    keys = dict.fromkeys([*one[1], *other[1]])
    return [_difference(key, one, other) for key in keys if one[1].get(key) != other[1].get(key)]


def _difference(key: str, one: _Described, other: _Described) -> MetadataDifference:
    before, after = (metadata_entry(header, key) if key in values else None for header, values in (one, other))
    count, first = _items(one[1].get(key), other[1].get(key))
    return MetadataDifference(key=key, before=before, after=after, items=count, first_item=first)


def _items(one: TypedValue | None, other: TypedValue | None) -> tuple[int | None, int | None]:
    """How many items of two arrays differ, and the first of them."""
    if one is None or other is None or not one.type == other.type == "array":
        return None, None
    pairs = enumerate(zip_longest(decoded(one), decoded(other)))
    differing = [index for index, (left, right) in pairs if left != right]
    return len(differing), differing[0] if differing else None
