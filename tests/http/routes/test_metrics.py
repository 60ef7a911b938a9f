"""Figures for Prometheus, of whatever state the engines are in."""

from __future__ import annotations

import psutil
import pytest

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.http.routes import metrics
from tests.http.server import Address, fetch, serving


async def test_an_engine_that_stands_still_holds_nobody_up(
    worker: LlamaWorker, server: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the server itself knows is told all the same."""
    monkeypatch.setattr(metrics, "PATIENCE_SECONDS", 0.2)
    model = await worker.load_model("builtin", context_size=256, sequences=1)
    assert "llamacpp" in (await fetch(server, "GET", "/metrics")).body.decode()
    assert model.pid
    engine = psutil.Process(model.pid)
    engine.suspend()
    try:
        told = (await fetch(server, "GET", "/metrics")).body.decode()
    finally:
        engine.resume()
    assert "llamacpp" not in told
    assert 'llama_worker_engine_up{model="builtin"} 1' in told


async def test_a_name_is_a_label_whatever_is_in_it(worker: LlamaWorker) -> None:
    """Backslashes, quotation marks and the ends of lines are escaped in Prometheus' text format."""
    await worker.load_model("builtin", context_size=256, sequences=1)
    async with serving(create_app(worker, models={'a"b\n\\c': "builtin"})) as server:
        told = (await fetch(server, "GET", "/metrics")).body.decode()
    label = r'{model="a\"b\n\\c"}'
    assert f"llama_worker_engine_up{label} 1" in told
    assert f"llamacpp:requests_processing{label} 0" in told
