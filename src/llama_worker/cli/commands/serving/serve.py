"""`llama-worker serve`: the OpenAI-compatible server and the chat page."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path
from typing import Any, get_args

import click

from ....config.groups import MODEL, SERVER, WORKER, read_options
from ....options import LlamaOptions, ModelOptions, ServerOptions
from ....options.base import SpecialTokens
from ....options.server import DEFAULT_PORT
from ...configured import config_option, configuration
from ...fake import fake_option, faked
from ...mcp_servers import chosen_servers, mcp_options
from ...named_options import listing, named_options
from ...served import built, named_models, read_api_key
from ...servers.asking import KEY_VARIABLE
from ...servers.log_file import log_path, logged
from ...servers.running import announced
from ...verbosity import verbose_option

_GROUPS = (SERVER, MODEL, WORKER)


@click.command(cls=listing(_GROUPS))
@click.option("--model", "models", multiple=True, metavar="[NAME=]MODEL", help="Load at the start; may be repeated.")
@config_option
@click.option("--host", help="Another address needs an API key.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help=f"0 takes any free one.  [default: {DEFAULT_PORT}]")
@click.option("--api-key-file", type=click.Path(path_type=Path), help=f"Holds the API key.  [default: {KEY_VARIABLE}]")
@click.option("--keep-alive", type=float, help="Seconds until an unused model ends; 0 keeps it.  [default: 300]")
@click.option("--max-models", type=int, help="Models that requests may load at once.  [default: as many as fit]")
@click.option("--max-queue", type=int, help="Requests that may wait for a model.  [default: 64]")
@click.option("--write-timeout", type=float, help="Seconds until who reads nothing is dropped.  [default: 60]")
@click.option("--busy-write-timeout", type=float, help="The same while others wait for the model.  [default: 2]")
@click.option("--max-connections", type=int, help="Idle ones make room for more.  [default: 512]")
@click.option("--allowed-host", "allowed_hosts", multiple=True, metavar="NAME", help="Host name to answer to.")
@click.option("--allowed-origin", "allowed_origins", multiple=True, metavar="URL", help="Web origin that may call.")
@click.option(
    "--download-from",
    "download_from",
    multiple=True,
    metavar="PLACE",
    help="Where requests may pull from.  [default: hub]",
)
@click.option(
    "--special-tokens",
    type=click.Choice(get_args(SpecialTokens)),
    help="Names of special tokens in messages: read as text, refused, or those tokens.  [default: inert]",
)
@click.option("--data", type=click.Path(path_type=Path), help="File of the page's conversations, or :memory:.")
@click.option("--state-cache", metavar="DIR|off", help="Keep what engines computed.  [default: while the server runs]")
@click.option("--state-cache-bytes", type=int, help="How much of it at most.  [default: 2 GiB]")
@mcp_options
@click.option("--engine", metavar="ENGINE", help="xllamacpp, or a llama-server executable.  [default: auto]")
@click.option("--log", metavar="FILE|off", help="What `logs` shows.  [default: a file in your state folder]")
@click.option("--access-log", is_flag=True, help="Print each request.")
@fake_option
@named_options
@verbose_option
def serve(
    models: tuple[str, ...],
    config_file: Path | None,
    host: str | None,
    port: int | None,
    api_key_file: Path | None,
    allowed_hosts: tuple[str, ...],
    allowed_origins: tuple[str, ...],
    download_from: tuple[str, ...],
    data: Path | None,
    state_cache: str | None,
    log: str | None,
    access_log: bool,
    fake: str | None,
    options: tuple[str, ...],
    **flags: Any,
) -> None:
    """Serve models to OpenAI and Anthropic clients, and a chat page, until Ctrl-C.

    Requests load other models by their names; only names given with --model, or in the configuration, lead to files by
    path. What is said here goes before the configuration.
    """
    from ....http.serving.running import Plan, serve_until_signal
    from ....http.serving.server import listen

    config, given = configuration(config_file), read_options(options, _GROUPS)
    host, port = host or config.listening.host, config.listening.port if port is None else port
    key = read_api_key(api_key_file or _path(config.listening.api_key_file))
    flags |= {
        "allowed_hosts": (*config.server.allowed_hosts, *allowed_hosts, *([host] if _is_name(host) else [])) or None,
        "allowed_origins": (*config.server.allowed_origins, *allowed_origins) or None,
        "download_from": download_from or None,
        "state_cache": False if state_cache == "off" else state_cache,
        "mcp_servers": chosen_servers(config, flags.pop("mcp_files"), flags.pop("mcp_allowed")) or None,
    }
    plan = Plan(
        llama=built(LlamaOptions, config.worker, given, flags),
        api_key=key,
        models=named_models(models, config.models, given[ModelOptions]),
        server=built(ServerOptions, config.server, given, flags),
        data=_data(data or _path(config.listening.data)),
        access_log=access_log or config.listening.access_log,
    )
    listening = listen(host, port, has_key=key is not None)
    kept = log_path(log or config.listening.log, listening.getsockname()[1])
    with faked(fake), logged(kept), announced(_address(listening), time.time(), kept):
        asyncio.run(serve_until_signal(plan, listening, _welcome))


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _data(data: Path | None) -> Path | None:
    from ....http.storing.database import default_path

    return None if str(data) == ":memory:" else data or default_path()


def _is_name(host: str) -> bool:
    return not host.replace(".", "").isdigit() and ":" not in host


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"http://{'localhost' if host in ('127.0.0.1', '::1') else shown}:{port}"


def _welcome(listening: socket.socket, model: str | None) -> None:
    address = _address(listening)
    click.echo(f"Chat page:  {click.style(address, bold=True)}")
    click.echo(f"OpenAI API: OPENAI_BASE_URL={address}/v1  (model: {model or 'builtin'})")
    click.echo("Ctrl-C ends the server and its models.")
