"""The folder in which a page of the guide runs: what its reader has, too."""

from __future__ import annotations

from pathlib import Path

from tests.adapter_factory import pair, write_lora
from tests.gguf_factory import write_gguf
from tests.projector_factory import png, wav, write_projector
from tests.worker.infill.test_infill import coder


def prepare(folder: Path) -> None:
    """Models, an adapter of the built-in one, a picture and a sound."""
    write_gguf(folder / "model.gguf", endless=True)
    write_lora(folder / "pirate.gguf", changed={"blk.0.attn_q.weight": pair(192, 192)})
    write_projector(folder / "mmproj.gguf", audio=True)
    coder(folder)
    (folder / "photo.png").write_bytes(png())
    (folder / "speech.wav").write_bytes(wav())
