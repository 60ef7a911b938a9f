"""The built-in model at each type: `python -m tests.models.quantizing.table`, after `make native`.

Perplexity is what llama.cpp's `llama-perplexity` finds on conversations of the kind that the model was trained on,
which it has not seen, in contexts of 512 tokens. The table goes into docs/guide/quantizing.md and its translation.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from training.world import conversations

from llama_worker.errors import InvalidOptionsError
from llama_worker.models.quantizing.file_types import FILE_TYPES_BY_NAME
from llama_worker.models.store.files import builtin_path

from .comparing import quantized
from .upstream import tool

_ROOT = Path(__file__).parents[3]
_PAGES = (_ROOT / "docs/guide/quantizing.md", _ROOT / "docs/pt-BR/guide/quantizing.md")
_TABLE = re.compile(r"(?<=\| --- \| ---: \| ---: \|\n)(?:\|.*\n)+")
_CONTEXT = 512
_SEED, _CONVERSATIONS = 4711, 60
# Made for models that were trained with such weights; and the model as it is, once more.
_LEFT_OUT = frozenset({"Q1_0", "Q2_0", "TQ1_0", "TQ2_0", "MXFP4_MOE", "F32", "BF16"})


def write_text(path: Path) -> Path:
    """What is said in some conversations."""
    said = (message["content"] for one in conversations(_SEED, _CONVERSATIONS) for message in one.messages)
    path.write_text("\n".join(text for text in said if text))
    return path


def perplexity(model: Path, text: Path) -> float:
    """Of the text, for the model."""
    server = tool()
    assert server is not None, "run `make native` first"
    command = [str(server.with_name("llama-perplexity")), "-m", str(model), "-f", str(text), "-c", str(_CONTEXT)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    found = re.search(r"Final estimate: PPL = ([\d.]+)", told.stdout + told.stderr)
    assert found, told.stderr
    return float(found[1])


def rows() -> Iterator[str]:
    """Largest first; what needs an importance matrix is left out."""
    source = builtin_path()
    made = []
    with tempfile.TemporaryDirectory() as folder:
        text = write_text(Path(folder) / "text.txt")
        for name in FILE_TYPES_BY_NAME.keys() - _LEFT_OUT:
            try:
                path = quantized(source, Path(folder), name)
            except InvalidOptionsError:
                continue
            made.append((path.stat().st_size, name, perplexity(path, text)))
    for size, name, found in sorted(made, reverse=True):
        yield f"| {name} | {size / 1e6:.2f} MB | {found:.3f} |\n"


if __name__ == "__main__":
    table = "".join(rows())
    for page in _PAGES:
        page.write_text(_TABLE.sub(lambda _: table, page.read_text()))
