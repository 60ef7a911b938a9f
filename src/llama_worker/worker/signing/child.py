"""Runs in the process that verifies a signature: `python -m llama_worker.worker.signing.child`.

It reads a question as a line of its standard input, answers with one, and does not outlive its program.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import NoReturn

from msgspec import json

from ...engine.process.lifeline import end_with_parent, parent_id, read_line, wait_for_end_of_input
from ...models.signing.reading import Question, answer


def main() -> NoReturn:
    end_with_parent(parent_id())
    line = read_line()
    if line is None:
        os._exit(0)
    threading.Thread(target=_end_with_input, daemon=True).start()
    with contextlib.redirect_stdout(sys.stderr):
        told = answer(json.decode(line, type=Question))
    sys.stdout.buffer.write(json.encode(told))
    sys.stdout.buffer.flush()
    os._exit(0)


def _end_with_input() -> NoReturn:
    wait_for_end_of_input()
    os._exit(0)


if __name__ == "__main__":
    main()
