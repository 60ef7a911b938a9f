"""`llama-worker run`: one answer, or a conversation."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import click

from ....config.groups import MODEL, PROMPT, SESSION, WORKER, read_options
from ....options.base import ReasoningEffort
from ....worker.media.values import Content, ContentPart
from ....worker.structured.response_format import response_format_of
from ....worker.worker import LlamaWorker
from ...answer import Manner, answered
from ...approvals import Approvals
from ...configured import config_option, configuration, persona_of
from ...inputs.question import picture, question, sound
from ...inputs.schemas import read_schema
from ...inputs.standard_input import StandardInput
from ...inputs.texts import FILE
from ...interrupts import Interrupts, run_async
from ...mcp_servers import chosen_servers, mcp_options
from ...model_names import CONFIGURED_MODEL
from ...named_choices import NamedChoices
from ...named_options import listing, named_options
from ...progress import watch_load
from ...starting.ready import made_ready

_EFFORT = click.Choice(get_args(ReasoningEffort))
_GROUPS = (SESSION, PROMPT, MODEL, WORKER)


@click.command(cls=listing(_GROUPS))
@click.argument("model", type=CONFIGURED_MODEL)
@click.argument("prompt", required=False)
@click.option("-s", "--system", "system_prompt", metavar="TEXT", help="System prompt of the conversation.")
@click.option("-t", "--persona", metavar="NAME", help="Who answers, and how: [personas.NAME] of the configuration.")
@click.option("-f", "--file", "files", multiple=True, type=FILE, metavar="FILE", help="A text to read; repeatable.")
@click.option("--image", "images", multiple=True, metavar="FILE", help="An image to show; may be repeated.")
@click.option("--audio", "sounds", multiple=True, metavar="FILE", help="A sound to play; may be repeated.")
@click.option("--schema", metavar="SCHEMA", help="Answer in JSON: a file, a JSON schema, or 'name, age int'.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole reply as JSON, figures included.")
@click.option("--max-tokens", type=int, help="Longest answer, in tokens.  [default: to its end, or the context's]")
@click.option("--temperature", type=float, help="0 is greedy.  [default: the model's own, else 0.8]")
@click.option("--top-p", type=float, help="Nucleus sampling.  [default: the model's own, else 0.95]")
@click.option("--top-k", type=int, help="Only the K likeliest tokens.  [default: the model's own, else 40]")
@click.option("--seed", type=int, help="Same seed, same answer.")
@click.option("--think", type=_EFFORT, metavar="LEVEL", help=f"How hard to think: {', '.join(_EFFORT.choices)}.")
@click.option("--no-think", is_flag=True, help="Do not think: the same as --think none.")
@click.option("--show-thinking", is_flag=True, help="Print what the model thinks, on standard error.")
@click.option("--context-size", type=int, help="Tokens kept in mind.  [default: the model's own, if it fits]")
@click.option("--threads", type=int, help="Computing threads.  [default: the cores that are free]")
@click.option("--engine", metavar="ENGINE", help="xllamacpp, or a llama-server executable.  [default: auto]")
@mcp_options
@click.option("-y", "--yes", is_flag=True, help="Fetch or convert a model that is not here, without asking.")
@click.option(
    "--quantize", metavar="TYPE", help="What a model is quantized to when it is converted.  [default: Q4_K_M]"
)
@click.option("-n", "--no-input", is_flag=True, help="Do not look at standard input.")
@click.option("--no-history", is_flag=True, help="Keep nothing of what is typed in a chat.")
@click.option("-q", "--quiet", is_flag=True, help="Only the answer: no figures, no notes.")
@config_option
@named_options
def run(
    model: str,
    prompt: str | None,
    persona: str | None,
    system_prompt: str | None,
    context_size: int | None,
    threads: int | None,
    engine: str | None,
    no_history: bool,
    config_file: Path | None,
    options: tuple[str, ...],
    **flags: Any,
) -> int:
    """Answer PROMPT, or chat when there is none and somebody at a terminal.

    Texts that are piped in, and files of -f, are put before PROMPT. `-` in the place of PROMPT or of a FILE is standard
    input. Exit codes: 0, 1 for an error, 2 for wrong usage, 130 after Ctrl-C.
    """
    config, stdin = configuration(config_file, quiet=flags["quiet"]), StandardInput()
    servers = chosen_servers(config, flags["mcp_files"], flags["mcp_allowed"])
    choices = NamedChoices(
        config=config,
        given=read_options(options, _GROUPS),
        persona=persona_of(config, persona),
        engine=engine,
        loading={"context_size": context_size, "threads": threads},
        conversing={"system_prompt": system_prompt},
        answering=_answering(flags, stdin),
        servers=servers,
    )
    asked = _asked(prompt, choices, flags, stdin)
    manner = Manner(quiet=flags["quiet"], thinking=flags["show_thinking"], as_json=flags["as_json"])
    interrupts = Interrupts()
    if asked is None:
        from ...chat.starting import start_chat  # a line editor, which an answer has no use for

        async def chat() -> int:
            made = await made_ready(model, choices, yes=flags["yes"], quantize=flags["quantize"])
            return await start_chat(model, made, manner, interrupts, history=not no_history)

        return run_async(chat(), interrupts)

    async def answer() -> int:
        made = await made_ready(model, choices, yes=flags["yes"], quantize=flags["quantize"])
        return await _answer(model, asked, made, manner, interrupts)

    return run_async(answer(), interrupts)


def _answering(flags: dict[str, Any], stdin: StandardInput) -> dict[str, Any]:
    """Options of the answer that have flags of their own."""
    if flags["think"] and flags["no_think"]:
        raise click.UsageError("--think and --no-think cannot both be: leave one out.")
    same = {name: flags[name] for name in ("max_tokens", "temperature", "top_p", "top_k", "seed")}
    schema = read_schema(flags["schema"], stdin) if flags["schema"] else None
    return same | {"json_schema": schema, "reasoning_effort": "none" if flags["no_think"] else flags["think"]}


def _asked(prompt: str | None, choices: NamedChoices, flags: dict[str, Any], stdin: StandardInput) -> Content | None:
    media: list[ContentPart] = [
        *(picture(name, stdin) for name in flags["images"]),
        *(sound(name, stdin) for name in flags["sounds"]),
    ]
    asked = question(prompt, flags["files"], media, choices.persona, stdin, piped=not flags["no_input"])
    if asked is None and flags["as_json"]:
        raise click.UsageError("--json prints one reply: give a PROMPT.")
    return asked


async def _answer(name: str, asked: Content, choices: NamedChoices, manner: Manner, interrupts: Interrupts) -> int:
    of_model = choices.of(name)
    response_format_of(None, of_model.prompt)  # a schema that cannot be kept to is told before anything is loaded
    async with LlamaWorker(choices.worker()) as worker:
        loaded = await watch_load(worker.load_model(of_model.name, of_model.model), of_model.name, quiet=manner.quiet)
        session = await loaded.create_session(of_model.session)
        approve = Approvals(interrupts) if choices.servers else None
        answer = session.prompt(asked, of_model.prompt, stop_on_abort=True, approve=approve)
        return await answered(answer, interrupts, manner)
