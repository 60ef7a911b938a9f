"""What a projector will need in memory, computed from its header.

Fitted to measurements of real engine processes that had read an image (docs/models.md).
"""

from __future__ import annotations

from ..gguf.header import GgufHeader
from ..gguf.projector import modalities_of

_F32 = 4
_RUNTIME_BYTES = 10 << 20
# Of thirty seconds, which is what sounds are read in: a frame each hundredth of a second, two for a position.
_FRAMES, _POSITIONS = 3000, 1500


def projector_bytes(header: GgufHeader) -> int:
    """Its weights, which are read and not mapped, and its scratch while it reads an image or thirty seconds."""
    modalities = modalities_of(header)
    image = _image_bytes(header) if "image" in modalities else 0
    sound = _sound_bytes(header) if "audio" in modalities else 0
    return header.data_bytes + max(image, sound) + _RUNTIME_BYTES


def _image_bytes(header: GgufHeader) -> int:
    side, patch = header.integer("vision.image_size"), max(header.integer("vision.patch_size"), 1)
    pixels = max(side * side, header.integer("vision.image_max_pixels"))
    return _scratch(header, "vision", pixels // patch**2) + 2 * 3 * pixels * _F32


def _sound_bytes(header: GgufHeader) -> int:
    return _scratch(header, "audio", _POSITIONS) + 2 * _FRAMES * header.integer("audio.num_mel_bins") * _F32


def _scratch(header: GgufHeader, kind: str, positions: int) -> int:
    numbers = header.integer(f"{kind}.feed_forward_length") + 4 * header.integer(f"{kind}.embedding_length")
    return positions * numbers * _F32
