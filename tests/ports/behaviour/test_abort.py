"""`tests/worker/test_abort.py` over a bridge."""

from __future__ import annotations

import pytest

from llama_worker.ports.client.model import RemoteModel
from tests.worker import test_abort
from tests.worker.test_abort import *  # noqa: F403


@pytest.fixture(autouse=True)
def slots_are_out_of_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine has one slot: that it is free shows in the next request being answered."""

    async def none(model: RemoteModel) -> int:
        return 0

    monkeypatch.setattr(test_abort, "busy_slots", none)
