"""`llama-worker ps`: what a running server has loaded."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import click

from ...output.documents import print_json
from ...output.figures import size_text
from ...output.tables import Justify, print_table
from ...output.texts import say
from ...servers.asking import models_status
from ...servers.running import DEFAULT_URL, chosen_url

_COLUMNS: dict[str, Justify] = {
    "MODEL": "left",
    "STATE": "left",
    "SIZE": "right",
    "MEMORY": "right",
    "MAPPED": "right",
    "CONTEXT": "right",
    "RUNNING": "right",
    "WAITING": "right",
    "ENDS": "left",
    "PID": "right",
}


@click.command()
@click.option("--url", metavar="URL", help=f"Address of the server.  [default: the one that runs, else {DEFAULT_URL}]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def ps(url: str | None, as_json: bool) -> None:
    """Show the models that a running server has loaded, with their requests and memory."""
    address = chosen_url(url)
    status = asyncio.run(models_status(address))
    if as_json:
        print_json(status)
        return
    if not status["models"] and not status["loading"]:
        say("No model is loaded; the first request loads one.")
    else:
        print_table(_COLUMNS, [*map(_row, status["models"]), *map(_loading, status["loading"].items())])
    say(f"{address}, serving for {_since(status['started'])}", err=True)


def _row(model: Any) -> list[str]:
    engine, requests = model["engine"], model["requests"]
    state = "loaded" if engine["running"] else engine["state"]
    memory = [size_text(engine.get(name)) for name in ("memory", "mapped")]
    used = [requests["running"], requests["waiting"], _ends(model), engine["pid"] or ""]
    return [str(cell) for cell in (model["id"], state, size_text(model["size"]), *memory, model["context_size"], *used)]


def _loading(model: tuple[str, float]) -> list[str]:
    name, progress = model
    return [name, f"loading {progress:.0%}", *[""] * (len(_COLUMNS) - 2)]


def _ends(model: Any) -> str:
    """On which terms it is in memory."""
    after = [f"{model['keep_alive']:g} s"] if model.get("keep_alive") else []
    return ", ".join([*after, *([] if model.get("keep", True) else ["if needed"])]) or "never"


def _since(started: int) -> str:
    minutes = max(0, int(time.time()) - started) // 60
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
