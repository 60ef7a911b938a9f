"""`llama-worker set-metadata`: repair what a file says of itself."""

from __future__ import annotations

from pathlib import Path

import click

from ...model_names import MODEL
from ...output.differences import print_metadata_differences
from ...output.documents import print_json
from ...output.texts import say
from .work import do_file_work

_TEMPLATE = "tokenizer.chat_template"


@click.command("set-metadata")
@click.argument("model", type=MODEL)
@click.argument("values", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--template", metavar="FILE", type=click.Path(exists=True, dir_okay=False), help="The chat template.")
@click.option("--remove", multiple=True, metavar="KEY", help="Leave a key out.")
@click.option("-o", "--output", metavar="FILE", help="Write another file, and leave this one.")
@click.option("-f", "--force", is_flag=True, help="Replace a file that is there.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@click.option("--json", "as_json", is_flag=True, help="Print what has changed as JSON.")
def set_metadata(
    model: str,
    values: tuple[str, ...],
    template: str | None,
    remove: tuple[str, ...],
    output: str | None,
    force: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Change the metadata of MODEL's file: tokenizer.ggml.eos_token_id="<|im_end|>" general.name=Mine.

    A key keeps its type; KEY:TYPE=VALUE says that of a new one (my.key:u32=1, my.list:string[]='["a"]'). A token's id
    may be its text. A few bytes are changed in place when nobody uses the file; else it is written anew and replaced.
    """
    changes = dict(_pair(value) for value in values)
    if template is not None:
        changes[_TEMPLATE] = _text_of(template)
    edit = do_file_work(
        lambda worker: worker.edit_metadata(model, changes, remove=remove, target=output, overwrite=force), quiet=quiet
    )
    if as_json:
        print_json(edit)
        return 0
    print_metadata_differences(edit.changes)
    say(f"{'Changed' if edit.changes else 'Nothing is different in'} {edit.path}.")
    return 0


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"{text!r} has no '=': write KEY=VALUE.")
    return key, value


def _text_of(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path} cannot be read as text: {error}.") from error
