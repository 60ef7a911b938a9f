"""`llama-worker stop`: end a running server, or a model in it."""

from __future__ import annotations

import asyncio
import time

import click
import psutil

from ....errors import LlamaWorkerError
from ...model_names import MODEL
from ...output.texts import say
from ...servers.asking import unload
from ...servers.running import RunningServer, chosen_server, chosen_url, running_servers

_SECONDS, _PAUSE = 30, 0.05


@click.command()
@click.argument("model", type=MODEL, required=False)
@click.option("--url", metavar="URL", help="Which server.  [default: the one that runs]")
@click.option("--all", "every", is_flag=True, help="All servers of yours.")
@click.option("--force", is_flag=True, help="At once: answers on their way are cut off.")
def stop(model: str | None, url: str | None, every: bool, force: bool) -> int:
    """End MODEL in the running server, which gives its memory back; without MODEL end the server.

    Answers that are on their way get a few seconds to be read.
    """
    if model is not None:
        if every or force:
            raise click.UsageError("--all and --force are for servers: leave MODEL out.")
        address = chosen_url(url)
        asyncio.run(unload(address, model))
        say(f"Ended {model} at {address}.")
        return 0
    servers = running_servers() if every else [found] if (found := chosen_server(url)) else []
    if not servers:
        raise LlamaWorkerError(f"No server of yours runs{f' at {url}' if url else ''}.")
    for server in servers:
        _end(server, force=force)
    return 0


def _end(server: RunningServer, *, force: bool) -> None:
    process = server.process
    try:
        if process is not None:
            process.kill() if force else process.terminate()
    except psutil.NoSuchProcess:
        pass
    except psutil.AccessDenied as error:
        raise LlamaWorkerError(f"The server at {server.url} is another user's process.") from error
    deadline = time.monotonic() + _SECONDS
    while server.process is not None:
        if time.monotonic() > deadline:
            raise LlamaWorkerError(f"The server at {server.url} has not ended yet; --force ends it at once.")
        time.sleep(_PAUSE)
    say(f"Ended the server at {server.url}.")
