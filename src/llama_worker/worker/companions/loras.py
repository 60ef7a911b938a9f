"""LoRA adapters of a model: their files, and what is told of them."""

from __future__ import annotations

from ...engine.companions import LoraFile
from ...errors import InvalidModelError
from ...models.gguf.adapter import check_adapter
from ...models.gguf.header import GgufHeader
from ...models.names import parse_model_name
from ..chat.fingerprint import fingerprint
from ..library import Library


def open_lora(library: Library, name: str, file: str, model: GgufHeader) -> LoraFile:
    """The adapter in `file`, which requests will call `name`; reads the disk.

    Raises `InvalidOptionsError` for a file name that can be none, `ModelNotFoundError` or `InvalidModelError`.
    """
    files, header = library.open_helper(parse_model_name(file))
    if len(files.parts) > 1:
        raise InvalidModelError(f"{file} is split into {len(files.parts)} files, which no adapter is.", model=file)
    check_adapter(header, model)
    return LoraFile(name, str(files.path), header.data_bytes, fingerprint(files).digest)
