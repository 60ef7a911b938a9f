"""SIGKILL at random bytes: whatever was written is never fetched again, and the file is right in the end."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

import pytest

from llama_worker.models.store.cache import Repository
from llama_worker.models.store.journal import PartialFiles
from llama_worker.models.store.store import ModelStore
from tests.models.download.child import Child
from tests.models.download.hub_server import HubServer
from tests.models.raw_gguf import noise

REPO = "org/tiny"
MB = 1_000_000

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")


async def kill_again_and_again(hub: HubServer, store: ModelStore, size: int, kills: int) -> int:
    """Download `size` bytes with that many kills in between; returns how many bytes were sent twice.

    Those are the bytes that were on their way through the network when the process died.
    """
    content = noise(size)
    partial = PartialFiles(Repository(store.root, REPO).blob(hub.add(REPO, "tiny.gguf", content)))
    killed = 0
    for point in sorted(random.Random(size).sample(range(size), kills)):
        child = await Child.start(f"hf:{REPO}", store)
        await child.until(hub, point)
        killed += await child.kill()
    sent, journal = hub.sent_bytes, partial.read()
    assert journal is not None
    hub.faults.bytes_per_second = None
    path = await (await Child.start(f"hf:{REPO}", store)).path()
    assert path.read_bytes() == content
    assert killed == kills
    assert hub.sent_bytes - sent == len(content) - journal.downloaded_bytes + 1
    probes = len(hub.requests) - len(hub.transfers)
    return hub.sent_bytes - probes - len(content)


async def test_a_killed_download_resumes_from_its_last_byte(hub: HubServer, store: ModelStore) -> None:
    """T24, small."""
    hub.faults.bytes_per_second = 2 * MB
    assert await kill_again_and_again(hub, store, 6 * MB, 3) < 3 * 4 * 70_000


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_200_mb_with_25_kills_fetch_less_than_one_percent_twice(
    hub: HubServer, store: ModelStore, record_property: Callable[[str, object], None]
) -> None:
    """T24."""
    hub.faults.bytes_per_second = 0.75 * MB  # what is on its way at the moment of death grows with the speed
    twice = await kill_again_and_again(hub, store, 200 * MB, 25)
    record_property("bytes_fetched_twice", twice)
    print(f"{twice} bytes were fetched twice")
    assert twice < 0.01 * 200 * MB
