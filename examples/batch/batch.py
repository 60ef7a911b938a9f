"""A question to a model for every row of a CSV file: in the background, in order, and never twice.

`python batch.py countries.csv answers.csv --prompt "What is the capital of {country}?"`
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import io
import os
import sys
from collections import deque
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Literal

from llama_worker import LlamaWorker, Model, Operation, Reply, errors

Row = dict[str, str]
ANSWER, ERROR = "answer", "error"


class Table:
    """A CSV file that grows by whole rows. What a killed program left half written is dropped when it is opened."""

    def __init__(self, path: Path, columns: list[str]) -> None:
        self.rows = list(whole_rows(path)) if path.exists() else []
        part = path.with_name(path.name + ".part")
        with part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)
        part.replace(path)
        self._file = path.open("a", encoding="utf-8", newline="")
        self._writer = csv.DictWriter(self._file, columns, lineterminator="\n")

    def add(self, row: Row) -> None:
        """On the disk when this returns, so that no answer is computed twice."""
        self._writer.writerow(row)
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def whole_rows(path: Path) -> Iterator[Row]:
    """The rows of a file up to where writing it was cut off."""
    text = path.read_text(encoding="utf-8")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    before: Row | None = None
    try:
        for row in reader:
            if before is not None:
                yield before
            before = row
    except csv.Error:  # the file ends within quotes, and that row has not been read
        text = "\n"
    if before is not None and text.endswith("\n"):
        yield before


def read(path: Path) -> tuple[list[Row], list[str]]:
    """A table with a header. Missing cells are empty, cells beyond the header are left out."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or [])
        return [{name: row[name] or "" for name in columns} for row in reader], columns


async def answers(model: Model, rows: list[Row], prompt: str, max_tokens: int) -> AsyncIterator[Row]:
    """The rows with their answers, in order; as many are computed at once as the model has sequences."""
    waiting = iter(rows)
    running: deque[tuple[Row, Operation[Reply[Any], str]]] = deque()
    while True:
        for row in waiting:
            message = {"role": "user", "content": prompt.format(**row)}
            running.append((row, model.chat([message], temperature=0, max_tokens=max_tokens)))
            if len(running) == model.sequences:
                break
        if not running:
            return
        row, operation = running.popleft()
        try:
            yield row | {ANSWER: (await operation).text, ERROR: ""}
        except errors.LlamaWorkerError as error:  # of this row; the others go on
            yield row | {ANSWER: "", ERROR: f"{error.code}: {error}"}


async def run(
    source: Path,
    target: Path,
    prompt: str,
    model_name: str = "builtin",
    max_tokens: int = 200,
    politeness: Literal["background", "normal"] = "background",
) -> None:
    """Answer what is not answered yet. Cancelling it, which Ctrl-C does, stops the engine and keeps what there is."""
    rows, columns = read(source)
    try:
        prompt.format(**dict.fromkeys(columns, ""))
    except (KeyError, IndexError, ValueError) as error:
        raise SystemExit(f"The prompt does not fit {source}: {error} is not one of its columns {columns}.") from None
    table = Table(target, [*columns, ANSWER, ERROR])
    try:
        done = len(table.rows)
        if [{name: row[name] for name in columns} for row in table.rows] != rows[:done]:
            raise SystemExit(f"{target} was made from other rows than those of {source}: name another file.")
        async with LlamaWorker(politeness=politeness) as worker:
            model = await worker.load_model(model_name)
            async for row in answers(model, rows[done:], prompt, max_tokens):
                table.add(row)
                done += 1
                print(f"\r{done} of {len(rows)} rows", end="", file=sys.stderr, flush=True)
    finally:
        table.close()
    print(f"\nThe answers are in {target}.", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="a CSV file with a header")
    parser.add_argument("target", type=Path, help="where the answers go; what is there already is not asked again")
    parser.add_argument("--prompt", required=True, help="the question, with the names of columns in {}")
    parser.add_argument("--model", default="builtin", help="a name, or the path of a .gguf file")
    parser.add_argument("--max-tokens", type=int, default=200)
    parser.add_argument("--hurry", action="store_true", help="compute as others do, not only when nobody else wants to")
    given = parser.parse_args()
    politeness: Literal["background", "normal"] = "normal" if given.hurry else "background"
    try:
        asyncio.run(run(given.source, given.target, given.prompt, given.model, given.max_tokens, politeness))
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command goes on from here.")
    except (errors.LlamaWorkerError, OSError) as error:
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
