"""The types of metadata values, as GGUF names and numbers them."""

from __future__ import annotations

VALUE_TYPES = ("u8", "i8", "u16", "i16", "u32", "i32", "f32", "bool", "string", "array", "u64", "i64", "f64")
"""Each at its number."""

NUMBER_CODES = {
    "u8": "B",
    "i8": "b",
    "u16": "H",
    "i16": "h",
    "u32": "I",
    "i32": "i",
    "f32": "f",
    "bool": "B",
    "u64": "Q",
    "i64": "q",
    "f64": "d",
}
"""Those of fixed size, with the letter that the module struct has for them."""
