"""`llama-worker render`: what a model sees of a prompt."""

from __future__ import annotations

import sys

import click

from ....config.groups import MODEL, PROMPT, WORKER
from ....messages.values import Rendered
from ...choices import Choices, read_choices
from ...inputs.standard_input import STDIN, StandardInput
from ...interrupts import Interrupts, run_async
from ...model_names import MODEL as MODEL_NAME
from ...named_options import listing, named_options
from ...output.documents import print_json
from ...output.texts import harmless

# Nothing is generated, so the least that holds a prompt will do.
_SMALL = {"sequences": 1, "context_size": 512}
_GROUPS = (PROMPT, MODEL, WORKER)


@click.command(cls=listing(_GROUPS))
@click.argument("model", type=MODEL_NAME)
@click.argument("prompt", required=False)
@click.option("-s", "--system", "system_prompt", metavar="TEXT", help="System prompt of the conversation.")
@click.option(
    "--template", "chat_template", metavar="TEMPLATE", help="Another chat template: a file, or a name such as chatml."
)
@click.option("--no-generation-prompt", is_flag=True, help="Leave out what begins the answer.")
@click.option("--tokens", is_flag=True, help="Print the ids of the tokens and nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Print text, tokens and pieces as JSON.")
@named_options
def render(
    model: str,
    prompt: str | None,
    system_prompt: str | None,
    chat_template: str | None,
    no_generation_prompt: bool,
    tokens: bool,
    as_json: bool,
    options: tuple[str, ...],
) -> int:
    """Show what MODEL sees of PROMPT: its chat template applied, control tokens marked.

    They are coloured on a terminal, and in brackets elsewhere. Without PROMPT, or for `-`, standard input is read.
    """
    template, system = {"chat_template": chat_template}, {"system_prompt": system_prompt}
    choices = read_choices(options, _GROUPS, usual=_SMALL, loading=template, answering=system)
    text = StandardInput().text("the prompt") if prompt in (None, STDIN) else prompt
    shown = run_async(_render(model, text, choices, not no_generation_prompt), Interrupts())
    if as_json:
        print_json(shown)
    else:
        click.echo(" ".join(map(str, shown.tokens)) if tokens else _marked(shown))
    return 0


async def _render(name: str, text: str, choices: Choices, opening: bool) -> Rendered:
    async with choices.loaded(name) as model:
        messages = [{"role": "user", "content": text}]
        return await model.render(messages, choices.prompt, add_generation_prompt=opening)


def _marked(shown: Rendered) -> str:
    if not sys.stdout.isatty():
        return harmless(str(shown))
    pieces = ((harmless(piece.text), piece.control) for piece in shown.pieces)
    return "".join(click.style(text, fg="cyan", bold=True) if control else text for text, control in pieces)
