"""`llama-worker run`: one answer, or a conversation."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ....config.groups import MODEL, PROMPT, SESSION, WORKER, read_options, with_flags
from ....config.named_model import NamedModel
from ....options import LlamaOptions, ModelOptions, PromptOptions, SessionOptions, build_options
from ....worker.media.values import Audio, Content, ContentPart, Image
from ...answer import answered
from ...chat import chat
from ...choices import Choices
from ...configured import config_option, configuration
from ...named_options import listing, named_options
from ...terminal import Interrupts, run_async

DEFAULT_PROMPT = "Hello! Who are you?"
MEDIA_PROMPT = "Describe this."
_GROUPS = (SESSION, PROMPT, MODEL, WORKER)


class _Choices(Choices, frozen=True):
    """Those of the conversation besides."""

    session: SessionOptions


@click.command(cls=listing(_GROUPS))
@click.argument("model")
@click.argument("prompt", required=False)
@click.option("--system", "system_prompt", metavar="TEXT", help="System prompt of the conversation.")
@click.option("--image", "images", multiple=True, metavar="FILE", help="An image to show; may be repeated.")
@click.option("--audio", "sounds", multiple=True, metavar="FILE", help="A sound to play; may be repeated.")
@click.option("--max-tokens", type=int, help="Longest answer, in tokens.  [default: to its end, or the context's]")
@click.option("--temperature", type=float, help="0 is greedy.  [default: the model's own, else 0.8]")
@click.option("--top-p", type=float, help="Nucleus sampling.  [default: the model's own, else 0.95]")
@click.option("--top-k", type=int, help="Only the K likeliest tokens.  [default: the model's own, else 40]")
@click.option("--seed", type=int, help="Same seed, same answer.")
@click.option("--context-size", type=int, help="Tokens kept in mind.  [default: the model's own, if it fits]")
@click.option("--threads", type=int, help="Computing threads.  [default: the cores that are free]")
@click.option("--engine", metavar="ENGINE", help="xllamacpp, or a llama-server executable.  [default: auto]")
@config_option
@named_options
def run(
    model: str,
    prompt: str | None,
    system_prompt: str | None,
    images: tuple[str, ...],
    sounds: tuple[str, ...],
    max_tokens: int | None,
    temperature: float | None,
    top_p: float | None,
    top_k: int | None,
    seed: int | None,
    context_size: int | None,
    threads: int | None,
    engine: str | None,
    config_file: Path | None,
    options: tuple[str, ...],
) -> int:
    """Answer PROMPT, or chat when there is a terminal and no PROMPT.

    Without both, the prompt is read from standard input.
    """
    config, given = configuration(config_file), read_options(options, _GROUPS)
    named = config.models.get(model, NamedModel(model=model))
    sampling = {"max_tokens": max_tokens, "temperature": temperature, "top_p": top_p, "top_k": top_k, "seed": seed}
    loading = with_flags(given[ModelOptions], context_size=context_size, threads=threads)
    one = {"sequences": 1} if named.options.sequences is None else {}
    begun = {"system_prompt": named.prompt.system_prompt} if named.prompt.system_prompt else {}
    choices = _Choices(
        llama=build_options(LlamaOptions, config.worker, with_flags(given[LlamaOptions], engine=engine)),
        model=build_options(ModelOptions, named.options, one | loading),
        session=build_options(
            SessionOptions, None, begun | with_flags(given[SessionOptions], system_prompt=system_prompt)
        ),
        prompt=build_options(PromptOptions, named.prompt, with_flags(given[PromptOptions], **sampling)),
    )
    interrupts = Interrupts()
    shown: list[ContentPart] = [*map(Image, images), *map(Audio, sounds)]
    if prompt is None and not (sys.stdin.isatty() and sys.stdout.isatty()):
        prompt = sys.stdin.read().strip() or (MEDIA_PROMPT if shown else DEFAULT_PROMPT)
    asked = [prompt or MEDIA_PROMPT, *shown] if shown else prompt
    return run_async(_run(named.model, asked, choices, interrupts), interrupts)


async def _run(name: str, prompt: Content | None, choices: _Choices, interrupts: Interrupts) -> int:
    async with choices.loaded(name) as model:
        session = await model.create_session(choices.session)
        if prompt is None:
            return await chat(session, choices.prompt, interrupts)
        return await answered(session.prompt(prompt, choices.prompt, stop_on_abort=True), interrupts)
