"""The built-in model at each type, printed as a table: `python -m tests.models.quantizing.table`.

Perplexity is what `llama-perplexity` (`make native`) finds on conversations such as the model was trained on, without
the marks of chats, in contexts of 512 tokens. So little text of that form tells little: differences of a tenth are
chance.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from training.world import conversations

from llama_worker.models.store.files import builtin_path

from .comparing import quantized
from .upstream import tool

_CONTEXT = 512
_ATTEMPTS = 5
_SEED, _CONVERSATIONS = 4711, 30
_TYPES = ("F16", "Q8_0", "Q6_K", "Q5_K_M", "Q5_0", "Q4_K_M", "Q4_K_S", "Q4_0", "IQ4_XS", "Q3_K_M", "Q2_K")


def write_text(path: Path) -> Path:
    """What is said in some conversations."""
    said = (message["content"] for one in conversations(_SEED, _CONVERSATIONS) for message in one.messages)
    path.write_text("\n".join(text for text in said if text))
    return path


def perplexity(model: Path, text: Path) -> float:
    """Of the whole text, for the model; asked again where the tool ends before it has printed the last part."""
    server = tool()
    assert server is not None, "run `make native` first"
    command = [str(server.with_name("llama-perplexity")), "-m", str(model), "-f", str(text), "-c", str(_CONTEXT)]
    for _ in range(_ATTEMPTS):
        told = subprocess.run(command, check=True, capture_output=True, text=True)
        parts = re.search(r"perplexity over (\d+) chunks", told.stderr + told.stdout)
        if parts and (found := re.search(rf"\[{parts[1]}\]([\d.]+)", told.stdout)):
            return float(found[1])
    raise AssertionError(told.stderr)


def rows() -> Iterator[str]:
    """Largest first."""
    source = builtin_path()
    made = []
    with tempfile.TemporaryDirectory() as folder:
        text = write_text(Path(folder) / "text.txt")
        for name in _TYPES:
            path = quantized(source, Path(folder), name)
            made.append((path.stat().st_size, name, perplexity(path, text)))
    for size, name, found in sorted(made, reverse=True):
        yield f"| {name} | {size / 1e6:.2f} MB | {found:.3f} |\n"


if __name__ == "__main__":
    sys.stdout.writelines(rows())
