"""`python -m tests.torture.peers`: the same hostile files and requests for three libraries.

Each trial has a program of its own, of which one thing is asked: does it live, and get an answer or an error in time?
llama-cpp-python and node-llama-cpp are taken from where `--python` and `--node` say that they are installed; what is
not there is left out.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click
from msgspec import Struct
from rich.progress import track

from tests.gguf_factory import write_gguf
from tests.torture.corpus.recipes import recipes
from tests.torture.corpus.sound import sound_models

HERE = Path(__file__).parent
LONGEST_SECONDS = 60.0


class Library(Struct, frozen=True):
    """How a program with it is started, and where."""

    name: str
    command: tuple[str, ...]
    folder: Path = Path.cwd()


class Trial(Struct, frozen=True):
    """`group` is the row of the table."""

    group: str
    name: str
    arguments: tuple[str, ...]


@click.command()
@click.option("--python", type=click.Path(path_type=Path), help="An interpreter that has llama-cpp-python.")
@click.option("--node", type=click.Path(path_type=Path), help="A folder in which node-llama-cpp is installed.")
@click.option("--files", default=60, help="Hostile model files, evenly spread over the corpus.")
@click.option("--seed", default=1)
def main(python: Path | None, node: Path | None, files: int, seed: int) -> None:
    with tempfile.TemporaryDirectory(prefix="peers") as name:
        trials = [*_files(Path(name), files, seed), *_requests(Path(name))]
        results = {library.name: _run(library, trials) for library in _libraries(python, node)}
    print(_table(trials, results))


def _libraries(python: Path | None, node: Path | None) -> Iterator[Library]:
    yield Library("llama-worker", (sys.executable, "-m", f"{__package__}.ours"))
    if python:
        yield Library("llama-cpp-python", (str(python.absolute()), str(HERE / "llama_cpp_python.py")))
    if node:
        yield Library("node-llama-cpp", ("node", str(HERE / "node_llama_cpp.mjs")), node)


def _files(folder: Path, count: int, seed: int) -> Iterator[Trial]:
    corpus = recipes(sound_models(folder), seed)
    usable = [recipe for recipe in corpus if recipe.door == "model" and not recipe.moment]
    for number, recipe in enumerate(usable[:: max(1, len(usable) // count)]):
        place = folder / str(number)
        place.mkdir()
        yield Trial("hostile model files", recipe.name, ("file", str(recipe.make(place))))


def _requests(folder: Path) -> Iterator[Trial]:
    good = str(write_gguf(folder / "good.gguf"))
    slow = str(write_gguf(folder / "slow.gguf", embedding_length=512, head_count=8, block_count=8))
    nested = folder / "nested.gbnf"
    nested.write_text(f'root ::= {"(" * 50_000}"a"{")" * 50_000}', encoding="utf-8")
    many = folder / "many.gbnf"
    many.write_text("root ::= " + " | ".join(f'"a{number}"' for number in range(100_000)), encoding="utf-8")
    values = folder / "enum.json"
    values.write_text(json.dumps({"enum": [f"value {number}" for number in range(20_000)]}), encoding="utf-8")
    yield Trial("a grammar of 50,000 nested parentheses", "nested", ("grammar", good, str(nested)))
    yield Trial("a grammar of 100,000 alternatives", "alternatives", ("grammar", good, str(many)))
    yield Trial("a schema of 20,000 values", "enum", ("schema", good, str(values)))
    yield Trial("stop while a long prompt is read", "stop", ("stop", slow))


def _run(library: Library, trials: Sequence[Trial]) -> dict[str, str]:
    """What became of each."""
    told = track(trials, description=library.name, disable=not sys.stderr.isatty())
    return {trial.name: _outcome(library, trial) for trial in told}


def _outcome(library: Library, trial: Trial) -> str:
    command = [*library.command, *trial.arguments]
    try:
        ended = subprocess.run(
            command, cwd=library.folder, capture_output=True, text=True, errors="replace", timeout=LONGEST_SECONDS
        )
    except subprocess.TimeoutExpired:
        return "hangs"
    lines = ended.stdout.strip().splitlines()
    if ended.returncode < 0:
        return f"program dies ({signal.Signals(-ended.returncode).name})"
    if ended.returncode or not lines:
        return f"program dies (exit code {ended.returncode})"
    result = json.loads(lines[-1])
    return f"stops after {result['stopped']} s" if "stopped" in result else str(result["outcome"])


def _table(trials: Sequence[Trial], results: Mapping[str, Mapping[str, str]]) -> str:
    groups = dict.fromkeys(trial.group for trial in trials)
    lines = [f"| | {' | '.join(results)} |", f"| --- |{' --- |' * len(results)}"]
    for group in groups:
        names = [trial.name for trial in trials if trial.group == group]
        cells = [_cell(Counter(outcomes[name] for name in names)) for outcomes in results.values()]
        lines.append(f"| {group} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(outcomes: Counter[str]) -> str:
    if outcomes.total() == 1:
        return next(iter(outcomes))
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))


if __name__ == "__main__":
    main()
