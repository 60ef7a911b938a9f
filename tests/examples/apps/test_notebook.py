"""examples/notebook: executed as Jupyter does it, in a real kernel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.examples.apps.conftest import SHOW
from tests.examples.environment import EXAMPLES
from tests.models.download.hub_server import running_hub

NOTEBOOK = EXAMPLES / "notebook" / "chat.ipynb"
notebooks: Any = nbformat  # parts of it are without types
IDLE = "while b'\"is_processing\":true' in await model.runtime.request('/slots'): await asyncio.sleep(0.02)"
CLICKED = """\
box = ask("Hello!", max_tokens=4000)
while not box.children[1].value: await asyncio.sleep(0.01)
box.children[0].click()
await box.task
assert box.children[1].value.endswith("<em>(aborted)</em>"), box.children[1].value
"""


class Kernel:
    """A notebook's kernel, in which cells are run one after the other."""

    def __init__(self, client: NotebookClient) -> None:
        self.client = client

    async def run(self, cell: Any) -> str:
        """Run a cell, and give what it shows."""
        if not hasattr(cell, "cell_type"):
            cell = notebooks.v4.new_code_cell(cell)
            self.client.nb.cells.append(cell)
        await self.client.async_execute_cell(cell, self.client.nb.cells.index(cell))
        return "".join(shown(output) for output in cell.get("outputs", ()))

    async def run_all(self) -> list[str]:
        return [await self.run(cell) for cell in list(self.client.nb.cells) if cell.cell_type == "code"]

    async def interrupt(self) -> None:
        """As Jupyter's stop button does."""
        manager: Any = self.client.km
        await manager.interrupt_kernel()


def shown(output: Any) -> str:
    return str(output.get("text") or output.get("data", {}).get("text/plain", ""))


@asynccontextmanager
async def kernel() -> AsyncIterator[Kernel]:
    notebook = notebooks.read(NOTEBOOK, as_version=4)
    client = NotebookClient(notebook, timeout=90, kernel_name="python3", coalesce_streams=True)
    async with client.async_setup_kernel():
        yield Kernel(client)


async def test_it_runs_from_top_to_bottom() -> None:
    async with kernel() as running:
        everything = "\n".join(await running.run_all())
        notebook = running.client.nb
    assert "Loading      100% |█" in everything
    assert "own supervised process" in everything
    assert "'Norway': 'The capital of Norway is Oslo.'" in everything
    assert "Person(name='Maria', age=31)" in everything
    assert "model_not_found: " in everything
    if SHOW:
        keep(notebook)


def keep(notebook: Any) -> None:
    """With what it showed, but for widgets, which no Git host draws, and times."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if "ask(" in cell.source:
            cell.outputs = []
    notebook.metadata.pop("widgets", None)
    notebooks.write(notebook, NOTEBOOK)


def test_its_outputs_are_committed() -> None:
    cells = [cell for cell in notebooks.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    assert sum(bool(cell.outputs) for cell in cells) >= 6
    assert not any(output.output_type == "error" for cell in cells for output in cell.outputs)


async def test_a_download_has_its_bar(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    model = (files("llama_worker") / "assets" / "builtin.gguf").read_bytes()
    async with running_hub() as hub:
        hub.add("org/tiny", "tiny-Q8_0.gguf", model)
        hub.faults.bytes_per_second = 10e6
        for name, value in {"MODEL": "hf:org/tiny", "HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path)}.items():
            monkeypatch.setenv(name, value)
        async with kernel() as running:
            everything = "\n".join(await running.run_all())
    assert "Downloading  100% |█" in everything
    assert "6.2 MB at " in everything
    assert "own supervised process" in everything


async def test_both_stop_buttons_stop_the_engine(monkeypatch: pytest.MonkeyPatch, slow_model_path: Path) -> None:
    """The one in the cell, and Jupyter's own."""
    monkeypatch.setenv("MODEL", str(slow_model_path))
    async with kernel() as running:
        cells = [cell for cell in running.client.nb.cells if cell.cell_type == "code"]
        for cell in cells[:2]:
            await running.run(cell)
        await running.run("session = await model.create_session()")
        await running.run(next(cell.source.rpartition("\n")[0] for cell in cells if "def ask(" in cell.source))
        await running.run(CLICKED + IDLE)
        telling = (
            "print('begun', flush=True)\nasync for text in session.prompt('Hello!', max_tokens=4000):\n    print(text)"
        )
        endless = asyncio.create_task(running.run(telling))
        while not any(len(shown(output)) > 10 for output in running.client.nb.cells[-1].get("outputs", ())):
            await asyncio.sleep(0.02)
        await running.interrupt()
        with pytest.raises(CellExecutionError):
            await endless
        await running.run(IDLE)
