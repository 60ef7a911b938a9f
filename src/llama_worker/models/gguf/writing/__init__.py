"""GGUF files, written as llama.cpp writes them: metadata in the order given, tensors streamed.

Version 3, little-endian:

    metadata = {"general.architecture": text("llama"), "llama.block_count": number("u32", 2)}
    layout = Layout(metadata, [tensor("token_embd.weight", "F32", (8, 4))])
    with replacing(path) as file:
        writer = TensorWriter(file, layout)
        writer.write(data)

`read_metadata` gives the metadata of an existing file in the same form, byte for byte, `TensorReader` the bytes of its
tensors. `replacing` (models/whole_files.py) opens a file that takes its name when it is whole.
"""

from .copying import TensorReader, read_metadata
from .layout import Layout, tensor
from .values import Metadata, TypedValue, array, decoded, number, text, typed
from .writer import TensorWriter

__all__ = [
    "Layout",
    "Metadata",
    "TensorReader",
    "TensorWriter",
    "TypedValue",
    "array",
    "decoded",
    "number",
    "read_metadata",
    "tensor",
    "text",
    "typed",
]
