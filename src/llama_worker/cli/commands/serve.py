"""`llama-worker serve`: the OpenAI-compatible server and the chat page."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path
from typing import get_args

import click

from ...config.named_model import NamedModel
from ...errors import InvalidOptionsError
from ...options import LlamaOptions, build_options
from ...options.base import SpecialTokens
from ...options.server import DEFAULT_PORT
from ..verbosity import verbose_option

KEY_VARIABLE = "LLAMA_WORKER_API_KEY"


@click.command()
@click.option("--model", "models", multiple=True, metavar="[NAME=]MODEL", help="Load at the start; may be repeated.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Another address needs an API key.")
@click.option("--port", default=DEFAULT_PORT, show_default=True, help="0 takes any free one.")
@click.option("--api-key-file", type=click.Path(path_type=Path), help=f"Holds the API key.  [default: {KEY_VARIABLE}]")
@click.option("--keep-alive", default=300.0, show_default=True, help="Seconds until an unused model ends; 0 keeps it.")
@click.option("--max-models", type=int, help="Models that requests may load at once.  [default: as many as fit]")
@click.option("--max-queue", default=64, show_default=True, help="Requests that may wait for a model.")
@click.option("--write-timeout", default=60.0, show_default=True, help="Seconds until who reads nothing is dropped.")
@click.option("--busy-write-timeout", default=2.0, show_default=True, help="The same while others wait for the model.")
@click.option("--max-connections", default=512, show_default=True, help="Idle ones make room for more.")
@click.option("--allowed-host", "allowed_hosts", multiple=True, metavar="NAME", help="Host name to answer to.")
@click.option("--allowed-origin", "allowed_origins", multiple=True, metavar="URL", help="Web origin that may call.")
@click.option(
    "--special-tokens",
    type=click.Choice(get_args(SpecialTokens)),
    default="inert",
    show_default=True,
    help="Names of special tokens in messages: read as text, refused, or those tokens.",
)
@click.option("--data", type=click.Path(path_type=Path), help="File of the page's conversations, or :memory:.")
@click.option("--state-cache", metavar="DIR|off", help="Keep what engines computed.  [default: while the server runs]")
@click.option("--state-cache-bytes", type=int, help="How much of it at most.  [default: 2 GiB]")
@click.option("--engine", metavar="ENGINE", help="xllamacpp, or a llama-server executable.  [default: auto]")
@click.option("--access-log", is_flag=True, help="Print each request.")
@verbose_option
def serve(
    models: tuple[str, ...],
    host: str,
    port: int,
    api_key_file: Path | None,
    keep_alive: float,
    max_models: int | None,
    max_queue: int,
    write_timeout: float,
    busy_write_timeout: float,
    max_connections: int,
    allowed_hosts: tuple[str, ...],
    allowed_origins: tuple[str, ...],
    special_tokens: SpecialTokens,
    data: Path | None,
    state_cache: str | None,
    state_cache_bytes: int | None,
    engine: str | None,
    access_log: bool,
) -> None:
    """Serve models to OpenAI and Anthropic clients, and a chat page, until Ctrl-C.

    Requests load other models by their names; only names given with --model lead to files by path.
    """
    from ...http.serving.running import Plan, serve_until_signal

    key = _api_key(api_key_file)
    plan = Plan(
        llama=_llama(engine, False if state_cache == "off" else state_cache, state_cache_bytes),
        api_key=key,
        models={name: NamedModel(model=target, warm_up=True) for name, target in map(_named, models)},
        server={
            "keep_alive": keep_alive or None,
            "max_models": max_models,
            "max_queue": max_queue,
            "write_timeout": write_timeout,
            "busy_write_timeout": busy_write_timeout,
            "max_connections": max_connections,
            "allowed_hosts": (*allowed_hosts, *([host] if _is_name(host) else [])),
            "allowed_origins": allowed_origins,
            "special_tokens": special_tokens,
        },
        data=_data(data),
        access_log=access_log,
    )
    from ...http.serving.server import listen

    listening = listen(host, port, has_key=key is not None)
    asyncio.run(serve_until_signal(plan, listening, _welcome))


def _llama(engine: str | None, state_cache: str | bool | None, state_cache_bytes: int | None) -> LlamaOptions:
    given = {"engine": engine or None, "state_cache": state_cache, "state_cache_bytes": state_cache_bytes}
    return build_options(LlamaOptions, None, {name: value for name, value in given.items() if value is not None})


def _data(data: Path | None) -> Path | None:
    from ...http.conversations import default_path

    return None if str(data) == ":memory:" else data or default_path()


def _api_key(file: Path | None) -> str | None:
    """From the file or the environment: an option's value would show in the list of processes."""
    if file is None:
        return os.environ.get(KEY_VARIABLE) or None
    try:
        key = file.read_text().strip()
    except OSError as error:
        raise InvalidOptionsError(f"Cannot read the API key file: {error.strerror}.", path="api_key_file") from error
    if not key:
        raise InvalidOptionsError("The API key file is empty.", path="api_key_file")
    return key


def _named(model: str) -> tuple[str, str]:
    """`NAME=MODEL`, or a name made of the model's own."""
    name, found, target = model.partition("=")
    if found and name:
        return name, target
    is_path = model.endswith(".gguf") and not model.startswith(("hf:", "http"))
    return (Path(model).stem if is_path else model), model


def _is_name(host: str) -> bool:
    return not host.replace(".", "").isdigit() and ":" not in host


def _welcome(listening: socket.socket, model: str | None) -> None:
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{'localhost' if host in ('127.0.0.1', '::1') else shown}:{port}"
    click.echo(f"Chat page:  {click.style(address, bold=True)}")
    click.echo(f"OpenAI API: OPENAI_BASE_URL={address}/v1  (model: {model or 'builtin'})")
    click.echo("Ctrl-C ends the server and its models.")
