"""Runs where torch is: llama.cpp's own converter on each of some folders, all in one process.

Arguments: FOLDER TARGET TYPE, any number of times; for an adapter FOLDER is ADAPTER@BASE. With PRE_TOKENIZER in the
environment every tokenizer is taken for that one: of small vocabularies none is known.
"""

from __future__ import annotations

import logging
import os
import runpy
import sys
from pathlib import Path

SOURCES = Path(os.environ["LLAMA_CPP"])


def convert(folder: str, target: str, kind: str) -> None:
    model, _, base = folder.partition("@")
    script = SOURCES / ("convert_lora_to_gguf.py" if base else "convert_hf_to_gguf.py")
    options = ["--base", base] if base else []
    sys.argv = [str(script), model, "--outfile", target, "--outtype", kind, *options]
    logging.disable(logging.INFO)
    runpy.run_path(str(script), run_name="__main__")


sys.path.insert(0, str(SOURCES))
sys.path.insert(0, str(SOURCES / "gguf-py"))
if name := os.environ.get("PRE_TOKENIZER"):
    from conversion import TextModel

    TextModel.get_vocab_base_pre = lambda self, tokenizer: name
for place in range(1, len(sys.argv[1:]), 3):
    folder, target, kind = sys.argv[place : place + 3]
    told, arguments = sys.argv, sys.argv[place : place + 3]
    convert(*arguments)
    sys.argv = told
