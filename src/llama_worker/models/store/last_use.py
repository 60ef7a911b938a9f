"""When a model was last used: a note beside the store, as files of others' stores cannot be touched.

The time of last access, which hf and llama.cpp set too, counts as well: a model that another program uses is in use.
"""

from __future__ import annotations

import os
import time
import zlib
from contextlib import suppress
from pathlib import Path

from ...config.folders import state_folder

_FOLDER = "used"
_LONGEST = 80


def note_use(path: Path) -> None:
    """Note that the model that begins at `path` is used now; what cannot be written is not noted."""
    note = _note(path)
    try:
        os.utime(note)
    except FileNotFoundError:
        with suppress(OSError):
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(f"{path.resolve()}\n", encoding="utf-8", errors="replace")
    except OSError:
        pass
    with suppress(OSError):  # of another user, or on a disk that can only be read
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))


def last_use(path: Path) -> float | None:
    """In seconds since 1970; a model that was never used since it came counts as used then."""
    known = []
    with suppress(OSError):
        known.append(path.stat().st_atime)
    with suppress(OSError):
        known.append(_note(path).stat().st_mtime)
    return max(known, default=None)


def forget_use(path: Path) -> None:
    """For a model that is removed."""
    with suppress(OSError):
        _note(path).unlink()


def _note(path: Path) -> Path:
    """By the bytes it leads to, whichever name or revision they are asked for by. No cryptographic digest: importing
    one takes longer than all of this."""
    real = os.path.realpath(path)
    return state_folder() / _FOLDER / f"{zlib.crc32(os.fsencode(real)):08x}-{Path(real).name[-_LONGEST:]}"
