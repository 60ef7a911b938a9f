from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from llama_worker.engine.devices import listing
from llama_worker.engine.sandbox import devices

Machine = Callable[..., None]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with these device files, whose engine nobody has asked for its GPUs yet."""
    monkeypatch.setattr(listing, "_asked", {})

    def have(*files: str) -> None:
        folder = tmp_path / "dev"
        for name in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).touch()
        monkeypatch.setattr(devices, "_DEVICES", folder)

    return have
