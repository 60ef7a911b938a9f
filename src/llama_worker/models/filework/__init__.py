"""Long work on model files: quantizing, converting, splitting. Each is a task, which runs in a process of its own.

To add one:

1. `models/ROOM/task.py`: a subclass of `FileTask` (`task.py`), with what it must know as fields, and `run`, a plain
   function that computes and writes into the folder that it is given, and nowhere else. It imports what it needs
   there, as the program imports the class too. It tells how far it is with a `Meter` (`meter.py`), raises errors of
   `errors/`, and looks at the disk with `ensure_space` (`disk.py`). It may be killed at any time: what it wrote stays
   in its folder, and the next run finds it there.
2. `tasks.py`: its name in the table.
3. `worker/filework/`: `begin_file_work` (`running.py`) makes an operation of what calls `run_task` with it.

What the process is, how it is confined and ended, who moves what it wrote into place: `worker/filework/`.
"""
