"""Metadata that gguf has collected, typed for this package's own writer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...errors import InvalidModelError
from ..gguf.value_types import VALUE_TYPES
from ..gguf.writing import TypedValue, array, typed

if TYPE_CHECKING:
    import gguf

_TEMPLATES = "tokenizer.chat_templates"


def typed_metadata(keys: gguf.GGUFWriter, model: str) -> dict[str, TypedValue]:
    """Every key in the order in which it was added. Raises `InvalidModelError` for a value that its key cannot have."""
    result: dict[str, TypedValue] = {}
    for key, entry in keys.kv_data[0].items():
        try:
            result[key] = _typed(key, entry)
        except (ValueError, TypeError) as error:
            raise InvalidModelError(
                f"The files of {model} say something of {key} that it cannot be: {error}."
            ) from None
    return {key: value for key, value in result.items() if value is not None}


def _typed(key: str, entry: gguf.GGUFValue) -> TypedValue:
    kind = VALUE_TYPES[entry.type]
    if kind != "array":
        return typed(kind, entry.value)
    items = sorted(entry.value) if key == _TEMPLATES else list(entry.value)  # gguf has these names in a set
    return array(_item_kind(entry, items), [_plain(item) for item in items])


def _item_kind(entry: gguf.GGUFValue, items: list[Any]) -> str:
    import gguf

    if isinstance(entry.value, bytes):
        return "u8"
    if entry.sub_type is not None:
        return VALUE_TYPES[entry.sub_type]
    if not items:
        raise ValueError("an empty list")
    return VALUE_TYPES[gguf.GGUFValueType.get_type(items[0])]


def _plain(item: Any) -> Any:
    return item if isinstance(item, (str, bytes)) else item.item() if hasattr(item, "item") else item
