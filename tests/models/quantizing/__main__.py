"""Record what llama.cpp's tool makes of the models here: `python -m tests.models.quantizing`, after `make native`."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from .comparing import cases, digest
from .models import write_imatrix, write_model
from .recorded import RECORDED
from .upstream import quantize


def record() -> dict[str, str]:
    """A digest for each case; an empty one for what it refuses."""
    found = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for case in cases():
            source, matrix, target = (folder / f"{each}.gguf" for each in ("model", "imatrix", "target"))
            write_model(source, case.model)
            made = quantize(
                source, target, case.quantization, write_imatrix(matrix, case.model) if case.imatrix else None
            )
            found[case.name] = digest(target) if made else ""
    return found


if __name__ == "__main__":
    RECORDED.write_text(json.dumps(record(), indent=0) + "\n")
