"""docs/parity.md: what llama.cpp's server at the pinned version has, and what it is here.

The engine itself is asked, so a new version that has more fails `make check` until somebody has decided what to do with
it: `elsewhere.py`, `routes.py` and `fields.py` here, and the tables of arguments in `llama_worker/engine/arguments/`.
"""

from .page import files

__all__ = ["files"]
