"""`llama-worker transcribe`: what is said in a sound, as text."""

from __future__ import annotations

import click

from ....config.groups import MODEL, PROMPT, WORKER
from ....worker.media.values import Audio
from ...answer import Manner, answered
from ...choices import Choices, read_choices
from ...inputs.question import sound as hear
from ...inputs.standard_input import StandardInput
from ...interrupts import Interrupts, run_async
from ...model_names import MODEL as MODEL_NAME
from ...named_options import listing, named_options

_GROUPS = (PROMPT, MODEL, WORKER)


@click.command(cls=listing(_GROUPS))
@click.argument("model", type=MODEL_NAME)
@click.argument("sound", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--language", metavar="NAME", help="What is spoken: a name or a code, such as en.")
@click.option("--prompt", metavar="TEXT", help="What the model is asked, in place of the usual words.")
@click.option("--max-tokens", type=int, help="Longest text, in tokens.")
@click.option("--projector", metavar="FILE", help="The file that lets MODEL hear.  [default: the one beside it]")
@click.option("-q", "--quiet", is_flag=True, help="Only the text: no figures.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole reply as JSON, figures included.")
@named_options
def transcribe(
    model: str,
    sound: str,
    language: str | None,
    prompt: str | None,
    max_tokens: int | None,
    projector: str | None,
    quiet: bool,
    as_json: bool,
    options: tuple[str, ...],
) -> int:
    """Print what is said in SOUND, a WAV, MP3 or FLAC file, as MODEL hears it; `-` is standard input."""
    hears, length = {"projector": projector}, {"max_tokens": max_tokens}
    choices = read_choices(options, _GROUPS, usual={"sequences": 1}, loading=hears, answering=length)
    audio, interrupts = hear(sound, StandardInput()), Interrupts()
    manner = Manner(quiet=quiet, as_json=as_json)
    return run_async(
        _transcribe(model, audio, language, prompt, choices, interrupts, manner),
        interrupts,
    )


async def _transcribe(
    name: str,
    audio: Audio,
    language: str | None,
    prompt: str | None,
    choices: Choices,
    interrupts: Interrupts,
    manner: Manner,
) -> int:
    async with choices.loaded(name) as model:
        operation = model.transcribe(audio, choices.prompt, language=language, prompt=prompt, stop_on_abort=True)
        return await answered(operation, interrupts, manner)
