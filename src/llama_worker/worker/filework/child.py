"""Runs in the process for file work: `python -m llama_worker.worker.filework.child`.

It reads an order as a line of its standard input, restricts itself as an engine does (`engine/sandbox/`), does the
task and says how far it is as lines of JSON. It may be killed at any time, and does not outlive its program
(`engine/process/lifeline.py`).
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from pathlib import Path
from typing import NoReturn

from msgspec import Struct, json

from ...engine.process.lifeline import end_with_parent, parent_id, read_line, wait_for_end_of_input
from ...engine.sandbox.enter import enter
from ...engine.sandbox.files import Reach
from ...engine.sandbox.policy import SandboxPolicy
from ...errors import FileWorkError, LlamaWorkerError
from ...models.filework.disk import explain_os_error
from ...models.filework.task import FileTask
from ...models.filework.tasks import decode_task
from .told import Ended, Failed, Order

_LONGEST_CAUSE = 300


def main() -> NoReturn:
    end_with_parent(parent_id())
    line = read_line()
    if line is None:
        os._exit(0)
    threading.Thread(target=_end_with_input, daemon=True).start()
    order = json.decode(line, type=Order)
    task = decode_task(bytes(order.task))
    enter(_policy(order), Reach())
    _say(_outcome(task, Path(order.folder)))
    os._exit(0)  # nothing is left to do, and what native code keeps alive could take its time


def _end_with_input() -> NoReturn:
    wait_for_end_of_input()
    os._exit(0)


def _policy(order: Order) -> SandboxPolicy:
    return SandboxPolicy(
        enabled=order.sandbox,
        model_files=order.reads or (order.folder,),
        directory=order.folder,
        politeness="background" if order.polite else "normal",
    )


def _outcome(task: FileTask, folder: Path) -> Ended | Failed:
    try:
        return Ended(finished=task.run(folder, _say))
    except LlamaWorkerError as error:
        return _failed(error)
    except MemoryError:
        return _failed(FileWorkError("There is too little memory for this: close something, or take fewer threads."))
    except OSError as error:
        return _failed(explain_os_error(error, folder.parent))
    except Exception as error:  # what strangers' files say gets into libraries that did not expect it
        traceback.print_exc()
        return _failed(FileWorkError(_unexpected(error)))


def _unexpected(error: Exception) -> str:
    said = " ".join(f"{type(error).__name__}: {error}".split())[:_LONGEST_CAUSE]
    return f"The files say something unexpected ({said}): they are broken, or of a kind that is not known here."


def _failed(error: LlamaWorkerError) -> Failed:
    return Failed(code=error.code, message=error.message, details=error.details())


def _say(said: Struct) -> None:
    sys.stdout.buffer.write(json.encode(said) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
