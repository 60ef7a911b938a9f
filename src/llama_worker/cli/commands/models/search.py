"""`llama-worker search`: models on a hub, and what of them fits here."""

from __future__ import annotations

import sys

import click

from ....messages.found import FoundFile, FoundModel
from ....worker.finding.finds import MOST_FOUND
from ....worker.worker import LlamaWorker
from ...interrupts import Interrupts, run_async
from ...output.consoles import console
from ...output.documents import print_json
from ...output.figures import count_text, size_text
from ...output.texts import columns, harmless, on_terminal, say, wrapped

_INDENT = "  "
_SHOWN = 8
_USUAL = frozenset({"Q2_K", "Q3_K_M", "IQ4_XS", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0", "F16", "BF16"})
"""What is shown of more; --json has all of it."""


@click.command()
@click.argument("words", nargs=-1, metavar="WORDS...")
@click.option("--fits", is_flag=True, help="Only what fits into the memory that is free now.")
@click.option(
    "-n", "--limit", type=click.IntRange(1, MOST_FOUND), default=10, metavar="N", help="So many at most.  [default: 10]"
)
@click.option("--modelscope", is_flag=True, help="On ModelScope, not on Hugging Face.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every file and what it would take.")
def search(words: tuple[str, ...], fits: bool, limit: int, modelscope: bool, as_json: bool) -> int:
    """Find models whose names have all WORDS, the most downloaded first, and say what of them fits this machine.

    Only the first 64 KiB of one file of each are fetched. Exit code 1 when nothing is found.
    """
    found = run_async(_search(" ".join(words), fits, limit, modelscope), Interrupts())
    if as_json:
        print_json(found)
    elif found:
        _print(found)
    else:
        say(_nothing(" ".join(words), fits), err=True)
    return 0 if found else 1


async def _search(query: str, fits: bool, limit: int, modelscope: bool) -> list[FoundModel]:
    async with LlamaWorker() as worker:
        looking = worker.search(query, fits=fits, limit=limit, site="ms" if modelscope else "hf")
        if not console.is_terminal:
            return await looking
        with console.rich.status("Searching..."):
            return await looking


def _print(found: list[FoundModel]) -> None:
    for index, model in enumerate(found):
        if index:
            click.echo()
        click.echo(click.style(harmless(model.best or model.name), bold=True))
        for line in (_what(model), _verdict(model), _others(model)):
            if line:
                click.echo(_wrapped(harmless(line)))
    if best := next((model.best for model in found if model.best), None):
        click.echo()
        say(f"llama-worker pull {best} fetches it.")


def _wrapped(line: str) -> str:
    return wrapped(line, columns(), _INDENT, _INDENT) if on_terminal(sys.stdout) else _INDENT + line


def _what(model: FoundModel) -> str:
    facts = [
        f"{count_text(model.parameters)} parameters" if model.parameters else "",
        model.license or "no licence told",
        "gated" if model.gated else "",
        f"{count_text(model.downloads)} downloads" if model.downloads is not None else "",
        f"changed {model.last_modified[:10]}" if model.last_modified else "",
    ]
    return " · ".join(filter(None, facts))


def _verdict(model: FoundModel) -> str:
    if model.fits is None:
        return f"whether it fits is not known: {model.reason}"
    size = next((file.size_bytes for file in model.files if file.name == model.best), None)
    return f"fits: {size_text(size)}, {model.reason}" if model.fits else f"does not fit: the smallest {model.reason}"


def _others(model: FoundModel) -> str:
    """What else there is, with sizes; what does not fit is in brackets."""
    others = [file for file in model.files if file.name != model.best]
    shown = others if len(others) <= _SHOWN else [file for file in others if file.quantization in _USUAL]
    texts = [_choice(file) for file in shown]
    if rest := len(others) - len(shown):
        texts.append(f"and {rest} more")
    return f"also {', '.join(texts)}" if texts else ""


def _choice(file: FoundFile) -> str:
    text = f"{file.quantization or file.name} {size_text(file.size_bytes)}"
    return text if file.fit is None or file.fit.fits else f"({text})"


def _nothing(query: str, fits: bool) -> str:
    if fits:
        return f"Nothing that is called {query!r} fits; without --fits all of it is listed."
    return f"There is nothing with GGUF files that is called {query!r}."
