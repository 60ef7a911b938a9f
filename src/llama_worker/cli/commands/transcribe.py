"""`llama-worker transcribe`: what is said in a sound, as text."""

from __future__ import annotations

import click

from ...config.groups import MODEL, PROMPT, WORKER, read_options, with_flags
from ...options import LlamaOptions, ModelOptions, PromptOptions, build_options
from ...worker.media.values import Audio
from ...worker.worker import LlamaWorker
from ..answer import show_answer
from ..model_names import MODEL as MODEL_NAME
from ..named_options import listing, named_options
from ..terminal import Interrupts, run_async, watch_load

_GROUPS = (PROMPT, MODEL, WORKER)


@click.command(cls=listing(_GROUPS))
@click.argument("model", type=MODEL_NAME)
@click.argument("sound", type=click.Path(dir_okay=False))
@click.option("--language", metavar="NAME", help="What is spoken: a name or a code, such as en.")
@click.option("--prompt", metavar="TEXT", help="What the model is asked, in place of the usual words.")
@click.option("--max-tokens", type=int, help="Longest text, in tokens.")
@click.option("--projector", metavar="FILE", help="The file that lets MODEL hear.  [default: the one beside it]")
@named_options
def transcribe(
    model: str,
    sound: str,
    language: str | None,
    prompt: str | None,
    max_tokens: int | None,
    projector: str | None,
    options: tuple[str, ...],
) -> int:
    """Print what is said in SOUND, a WAV, MP3 or FLAC file, as MODEL hears it."""
    given = read_options(options, _GROUPS)
    llama = build_options(LlamaOptions, None, given[LlamaOptions])
    loading = build_options(ModelOptions, None, {"sequences": 1} | with_flags(given[ModelOptions], projector=projector))
    asked = build_options(PromptOptions, None, with_flags(given[PromptOptions], max_tokens=max_tokens))
    audio, interrupts = Audio(sound), Interrupts()
    return run_async(_transcribe(model, audio, language, prompt, llama, loading, asked, interrupts), interrupts)


async def _transcribe(
    name: str,
    audio: Audio,
    language: str | None,
    prompt: str | None,
    llama: LlamaOptions,
    loading: ModelOptions,
    asked: PromptOptions,
    interrupts: Interrupts,
) -> int:
    async with LlamaWorker(llama) as worker:
        model = await watch_load(worker.load_model(name, loading), name)
        operation = model.transcribe(audio, asked, language=language, prompt=prompt, stop_on_abort=True)
        reply = await show_answer(operation, interrupts)
        return 130 if reply.finish_reason == "abort" else 0
