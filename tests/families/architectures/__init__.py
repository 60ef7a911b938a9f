"""The architectures of llama.cpp as tables: which tensors a block has, and which numbers the metadata."""

from __future__ import annotations

from .architecture import Architecture
from .attending import ATTENDING
from .encoding import ENCODING
from .mixing import MIXING
from .recurring import RECURRING

ARCHITECTURES: dict[str, Architecture] = {
    one.variant or one.name: one for one in (*ATTENDING, *MIXING, *RECURRING, *ENCODING)
}
"""Every architecture that the laboratory can write, by llama.cpp's name for it or the variant's own."""
