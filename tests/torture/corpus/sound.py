"""The sound models."""

from __future__ import annotations

from pathlib import Path

from tests.gguf_factory import write_gguf


def sound_models(folder: Path) -> dict[str, Path]:
    return {"llama": write_gguf(folder / "llama.gguf")}
