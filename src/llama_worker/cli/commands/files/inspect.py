"""`llama-worker inspect`: what stands in a model file, and what is different in two."""

from __future__ import annotations

import click

from ....messages import FileDescription, FileDifferences
from ....worker.worker import LlamaWorker
from ...interrupts import Interrupts, run_async
from ...model_names import MODEL
from ...output.differences import print_metadata_differences, print_tensor_differences, shown_value
from ...output.documents import print_json
from ...output.figures import size_text
from ...output.tables import print_table
from ...output.texts import harmless, say

_TEMPLATE = "tokenizer.chat_template"


@click.command()
@click.argument("model", type=MODEL)
@click.option(
    "--diff", "other", type=MODEL, metavar="OTHER", help="Show what is different in OTHER; exit code 1 if so."
)
@click.option("--contents", is_flag=True, help="With --diff: compare the bytes of the tensors too.")
@click.option("--template", is_flag=True, help="Print the chat template and nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def inspect(model: str, other: str | None, contents: bool, template: bool, as_json: bool) -> int:
    """Show what stands in the file of MODEL: all metadata with their types, all tensors.

    Of a model that is not here only the header is fetched.
    """
    if other is not None:
        return _compare(model, other, contents=contents, as_json=as_json)
    found = run_async(_inspected(model), Interrupts())
    if as_json:
        print_json(found)
    elif template:
        values = {entry.key: entry.value for entry in found.metadata}
        click.echo(harmless(str(values.get(_TEMPLATE) or "")))
    else:
        _print(found)
    return 0


async def _inspected(model: str) -> FileDescription:
    async with LlamaWorker() as worker:
        return await worker.inspect_model(model)


def _print(found: FileDescription) -> None:
    say(f"{found.path}: GGUF {found.version}, {size_text(found.size_bytes)}, {size_text(found.header_bytes)} of header")
    click.echo()
    rows = [[entry.key, entry.type, shown_value(entry)] for entry in found.metadata]
    print_table({"KEY": "left", "TYPE": "left", "VALUE": "left"}, rows)
    click.echo()
    tensors = [[info.name, info.type, _shape(info.shape), size_text(info.size_bytes)] for info in found.tensors]
    print_table({"TENSOR": "left", "TYPE": "left", "SHAPE": "left", "SIZE": "right"}, tensors)


def _shape(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


def _compare(model: str, other: str, *, contents: bool, as_json: bool) -> int:
    differences = run_async(_compared(model, other, contents=contents), Interrupts())
    if as_json:
        print_json(differences)
        return 0 if differences.same else 1
    print_metadata_differences(differences.metadata)
    print_tensor_differences(differences.tensors)
    for name in differences.contents or ():
        say(f"{harmless(name)}: other bytes")
    if differences.same:
        say("Nothing is different." if contents else "Nothing is different; --contents compares the weights too.")
    return 0 if differences.same else 1


async def _compared(model: str, other: str, *, contents: bool) -> FileDifferences:
    async with LlamaWorker() as worker:
        return await worker.compare_models(model, other, contents=contents)
