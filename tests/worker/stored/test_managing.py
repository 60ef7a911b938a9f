"""Models looked after by a worker, in this process and over a port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from llama_worker import LlamaWorker, errors, sync
from llama_worker.messages.events import Progress
from llama_worker.ports.client.bridge import LlamaWorkerBridge
from llama_worker.ports.client.in_process import in_process_port
from tests.models import cache_folder
from tests.models import raw_gguf as raw

Worker = LlamaWorker | LlamaWorkerBridge
MODEL = "hf:org/a:Q8_0"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("LLAMA_CACHE", "HF_HOME", "HUGGINGFACE_HUB_CACHE", "LLAMA_WORKER_STORES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    cache_folder.add(tmp_path / "hub", "org/a", "a-Q8_0.gguf")
    return tmp_path / "hub"


@pytest.fixture(params=["worker", "bridge"])
async def worker(request: pytest.FixtureRequest, root: Path) -> AsyncIterator[Worker]:
    inner = LlamaWorker()
    if request.param == "worker":
        yield inner
    else:
        async with LlamaWorkerBridge(in_process_port(inner)) as bridge:
            yield bridge
    await inner.cleanup()


async def test_what_is_here_is_told_verified_and_removed(worker: Worker, root: Path) -> None:
    entries = {entry.name: entry for entry in await worker.list_stored_models()}
    assert entries[MODEL].revision == cache_folder.COMMIT
    assert entries[MODEL].source == f"hf:org/a/a-Q8_0.gguf#{cache_folder.COMMIT}"
    checking = worker.verify_models([MODEL])
    reported = [progress async for progress in checking]
    assert all(isinstance(progress, Progress) for progress in reported)
    assert [check.state for check in await checking] == ["ok"]
    [usage] = await worker.measure_stores()
    assert usage.folder == str(root)
    assert usage.models[0].name == MODEL
    assert await worker.remove_unused_models(30) == []
    assert [one.name for one in await worker.remove_unused_models(0, dry_run=True)] == [MODEL]
    assert (await worker.remove_model(MODEL)).freed_bytes == usage.models[0].size_bytes
    with pytest.raises(errors.ModelNotFoundError):
        await worker.remove_model(MODEL)


async def test_short_names_are_set_and_used(worker: Worker, root: Path) -> None:
    await worker.set_alias("small", MODEL)
    assert await worker.list_aliases() == {"small": MODEL}
    assert (await worker.estimate("small")).weights_bytes > 0
    await worker.set_alias("small", None)
    assert await worker.list_aliases() == {}
    with pytest.raises(errors.InvalidOptionsError):
        await worker.set_alias("small", None)


async def test_models_are_locked_exported_and_imported(worker: Worker, root: Path, tmp_path: Path) -> None:
    lock, tar = str(tmp_path / "llama-worker.lock"), str(tmp_path / "a.tar")
    [locked] = await worker.lock_models([MODEL], lock)
    assert locked.source == f"hf:org/a/a-Q8_0.gguf#{cache_folder.COMMIT}"
    [exported] = await worker.export_models([MODEL], tar)
    assert (exported.name, exported.path) == (MODEL, tar)
    await worker.remove_model(MODEL)
    [imported] = await worker.import_models(tar)
    assert imported.source == locked.source
    assert MODEL in [entry.name for entry in await worker.list_stored_models()]
    with pytest.raises(errors.ModelNotLockedError):
        await worker.download_locked_models(["hf:org/b"], path=lock)
    with pytest.raises(errors.InvalidOptionsError, match="of no hub"):
        await worker.update_models(["builtin"])


async def test_verifying_is_aborted(worker: Worker, root: Path) -> None:
    checking = worker.verify_models()
    checking.abort()
    with pytest.raises(errors.OperationAborted):
        await checking


async def test_a_model_that_is_loaded_is_not_unused(root: Path) -> None:
    builtin = raw.write(root.parent / "XDG_DATA_HOME" / "llama-worker" / "models" / "x.gguf", raw.gguf())
    async with LlamaWorker() as worker:
        await worker.load_model("builtin")
        names = [one.name for one in await worker.remove_unused_models(0)]
    assert names == [MODEL]
    assert builtin.exists()


async def test_loading_notes_the_use(root: Path, tmp_path: Path) -> None:
    async with LlamaWorker() as worker:
        await worker.load_model("builtin")
    assert [path.name for path in (tmp_path / "XDG_STATE_HOME" / "llama-worker" / "used").iterdir()]


def test_without_async(root: Path) -> None:
    with sync.LlamaWorker() as worker:
        reported: list[Progress] = []
        assert [check.state for check in worker.verify_models([MODEL], on_progress=reported.append)] == ["ok"]
        assert reported[-1].value == 1.0
        assert MODEL in [entry.name for entry in worker.list_stored_models()]


async def test_one_name_in_place_of_several_is_refused(worker: Worker) -> None:
    with pytest.raises(errors.InvalidOptionsError, match="in a list"):
        worker.verify_models("builtin")


async def test_the_stores_of_a_shared_worker_are_not_for_its_clients(root: Path) -> None:
    from llama_worker.messages import ErrorMessage, ListStoredModels
    from llama_worker.ports.local import local_ports
    from llama_worker.ports.server.connection import Connection

    near, far = local_ports()
    worker = LlamaWorker()
    serving = asyncio.create_task(Connection(worker, far, shared=True).serve())
    await near.send(ListStoredModels(id=1))
    async for answer in near:
        if not isinstance(answer, ErrorMessage):
            continue  # a word of welcome
        assert "shared worker" in answer.message
        break
    await near.close()
    await serving
    await worker.cleanup()


async def test_other_stores_are_an_option(root: Path, tmp_path: Path) -> None:
    cache_folder.add(tmp_path / "team", "org/b", "b-Q8_0.gguf")
    async with LlamaWorker(model_stores=[str(tmp_path / "team")]) as worker:
        assert (await worker.estimate("hf:org/b")).weights_bytes > 0
        assert "hf:org/b:Q8_0" in [entry.name for entry in await worker.list_stored_models()]
