"""`llama-worker infill`: what stands at a cursor."""

from __future__ import annotations

from pathlib import Path

import click

from ....config.groups import MODEL, PROMPT, WORKER
from ....worker.infill.prompt import Gap
from ...answer import Manner, answered
from ...choices import Choices, read_choices
from ...inputs.standard_input import StandardInput
from ...inputs.texts import FILE, text_of
from ...interrupts import Interrupts, run_async
from ...model_names import MODEL as MODEL_NAME
from ...named_options import listing, named_options

CURSOR = "<CURSOR>"
_GROUPS = (PROMPT, MODEL, WORKER)


@click.command(cls=listing(_GROUPS))
@click.argument("model", type=MODEL_NAME)
@click.argument("file", type=FILE, required=False)
@click.option("--cursor", default=CURSOR, show_default=True, metavar="MARK", help="What marks the gap in FILE.")
@click.option("--prefix-file", type=FILE, metavar="FILE", help="The text before the gap, in place of FILE.")
@click.option("--suffix-file", type=FILE, metavar="FILE", help="The text after it.")
@click.option("--extra", type=FILE, multiple=True, metavar="FILE", help="Another file of the project; may be repeated.")
@click.option("--max-tokens", type=int, help="Longest answer, in tokens.  [default: to its end, or the context's]")
@click.option("-q", "--quiet", is_flag=True, help="Only the text: no figures.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole reply as JSON, figures included.")
@named_options
def infill(
    model: str,
    file: Path | None,
    cursor: str,
    prefix_file: Path | None,
    suffix_file: Path | None,
    extra: tuple[Path, ...],
    max_tokens: int | None,
    quiet: bool,
    as_json: bool,
    options: tuple[str, ...],
) -> int:
    """Print what MODEL writes at the cursor in FILE, or between two files; `-` is standard input."""
    stdin = StandardInput()
    prefix, suffix = _around_the_gap(file, cursor, prefix_file, suffix_file, stdin)
    gap = Gap(prefix, suffix, tuple((path.name, text_of(path, stdin)) for path in extra))
    choices = read_choices(options, _GROUPS, usual={"sequences": 1}, answering={"max_tokens": max_tokens})
    interrupts = Interrupts()
    return run_async(_infill(model, gap, choices, interrupts, Manner(quiet=quiet, as_json=as_json)), interrupts)


def _around_the_gap(
    file: Path | None, cursor: str, before: Path | None, after: Path | None, stdin: StandardInput
) -> tuple[str, str]:
    if file is None:
        if before is None or after is None:
            raise click.UsageError("Give a FILE with the cursor in it, or --prefix-file and --suffix-file.")
        return text_of(before, stdin), text_of(after, stdin)
    prefix, found, suffix = text_of(file, stdin).partition(cursor)
    if not found:
        raise click.UsageError(f"{file} has no {cursor}: mark the place that is to be filled with it.")
    return prefix, suffix


async def _infill(name: str, gap: Gap, choices: Choices, interrupts: Interrupts, manner: Manner) -> int:
    async with choices.loaded(name) as model:
        filled = model.infill(gap.prefix, gap.suffix, choices.prompt, extra=gap.extra, stop_on_abort=True)
        return await answered(filled, interrupts, manner)
