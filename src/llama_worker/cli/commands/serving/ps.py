"""`llama-worker ps`: what a running server has loaded."""

from __future__ import annotations

import asyncio
import json
import os
import time
from typing import Any

import aiohttp
import click
from rich.filesize import decimal
from rich.table import Table

from ....errors import LlamaWorkerError
from ....options.server import DEFAULT_PORT
from ...model_names import output
from .serve import KEY_VARIABLE

_ADDRESS = f"http://127.0.0.1:{DEFAULT_PORT}"
_SECONDS = 10


@click.command()
@click.option("--url", default=_ADDRESS, show_default=True, help="Address of the server.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def ps(url: str, as_json: bool) -> None:
    """Show the models that a running server has loaded, with their requests and memory."""
    status = asyncio.run(_status(url.rstrip("/")))
    if as_json:
        click.echo(json.dumps(status, indent=2))
    elif not status["models"] and not status["loading"]:
        click.echo("No model is loaded; the first request loads one.")
    else:
        output().print(_table(status))


async def _status(url: str) -> Any:
    key = os.environ.get(KEY_VARIABLE)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SECONDS), headers=headers) as session,
            session.get(f"{url}/models/status") as answer,
        ):
            if answer.status == 401:
                raise LlamaWorkerError(f"The server at {url} wants its API key in {KEY_VARIABLE}.")
            answer.raise_for_status()
            return await answer.json()
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise LlamaWorkerError(f"No llama-worker server answers at {url}; `llama-worker serve` starts one.") from error


def _table(status: Any) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("MODEL", "STATE", "SIZE", "MEMORY", "MAPPED", "CONTEXT", "RUNNING", "WAITING", "ENDS", "PID"):
        table.add_column(column)
    for model in status["models"]:
        engine, requests = model["engine"], model["requests"]
        state = "loaded" if engine["running"] else engine["state"]
        memory = [decimal(engine[name]) if engine.get(name) else "-" for name in ("memory", "mapped")]
        cells = [model["id"], state, decimal(model["size"]), *memory, model["context_size"]]
        used = [requests["running"], requests["waiting"], _ends(model), engine["pid"] or "-"]
        table.add_row(*map(str, [*cells, *used]))
    for name, progress in status["loading"].items():
        table.add_row(name, f"loading {progress:.0%}", *["-"] * 8)
    table.caption = f"serving for {_since(status['started'])}"
    return table


def _ends(model: Any) -> str:
    """On which terms it is in memory."""
    after = [f"{model['keep_alive']:g} s"] if model.get("keep_alive") else []
    return ", ".join([*after, *([] if model.get("keep", True) else ["if needed"])]) or "never"


def _since(started: int) -> str:
    minutes = max(0, int(time.time()) - started) // 60
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
