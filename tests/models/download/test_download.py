"""Downloads that go well: every kind of name, whole models, progress, sharing, resuming."""

from __future__ import annotations

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from huggingface_hub import hf_hub_download

from llama_worker.errors import DownloadError, IntegrityError, InvalidOptionsError, ModelNotFoundError
from llama_worker.messages.events import Downloading
from llama_worker.models.download.download import Downloader
from llama_worker.models.store.cache import Repository
from llama_worker.models.store.journal import PartialFiles
from llama_worker.models.store.store import ModelStore
from llama_worker.models.whole_files import write_atomic
from tests.models import raw_gguf as raw
from tests.models.download.child import Child
from tests.models.download.hub_server import COMMIT, HubServer
from tests.models.raw_gguf import UNIT, noise

REPO = "org/tiny-GGUF"
MODEL = raw.gguf()


async def test_a_hub_model_is_fetched_and_found(hub: HubServer, downloader: Downloader, store: ModelStore) -> None:
    digest = hub.add(REPO, "tiny-Q4_K_M.gguf", MODEL)
    hub.add(REPO, "tiny-Q8_0.gguf", noise(UNIT))
    path = await downloader.download(f"hf:{REPO}")
    assert path == store.resolve(f"hf:{REPO}").path
    assert path.read_bytes() == MODEL
    repository = Repository(store.root, REPO)
    assert path.resolve() == repository.blob(digest).resolve()
    assert repository.commit("main") == COMMIT
    assert {file.name for file in repository.blobs.iterdir()} == {digest}


@pytest.mark.parametrize(
    ("name", "file"),
    [
        (f"hf:{REPO}", "tiny-Q4_K_M.gguf"),
        (f"hf:{REPO}:q8_0", "tiny-Q8_0.gguf"),
        (f"hf:{REPO}/sub/other.gguf", "sub/other.gguf"),
        (f"hf:{REPO}/sub/other.gguf#dev", "sub/other.gguf"),
        (f"hf:{REPO}#{COMMIT}", "tiny-Q4_K_M.gguf"),
        ({"repo": REPO, "file": "tiny-Q8_0.gguf"}, "tiny-Q8_0.gguf"),
        ({"modelId": f"hf://{REPO}"}, "tiny-Q4_K_M.gguf"),
    ],
    ids=str,
)
async def test_every_hub_name_leads_to_its_file(
    hub: HubServer, downloader: Downloader, store: ModelStore, name: str | dict[str, str], file: str
) -> None:
    for number, present in enumerate(["tiny-Q4_K_M.gguf", "tiny-Q8_0.gguf", "sub/other.gguf"]):
        hub.add(REPO, present, noise(1000 + 32 * number, number))
    path = await downloader.download(name)
    assert path.read_bytes() == hub.files[REPO][file]
    assert store.resolve(name).path == path


async def test_small_files_outside_lfs_are_verified_by_their_git_digest(hub: HubServer, downloader: Downloader) -> None:
    hub.add(REPO, "tiny.gguf", MODEL, small=True)
    assert (await downloader.download(f"hf:{REPO}")).read_bytes() == MODEL


async def test_all_parts_and_the_projector_come_along(
    hub: HubServer, downloader: Downloader, store: ModelStore
) -> None:
    """T22: two parts with the same bytes are one blob, verified before it gets its name."""
    for index in (1, 2, 3):
        content = MODEL if index < 3 else noise(2000)
        hub.add(REPO, f"big-Q8_0-{index:05d}-of-00003.gguf", content)
    hub.add(REPO, "mmproj-F16.gguf", noise(3000))
    reports: list[Downloading] = []
    await downloader.download(f"hf:{REPO}:Q8_0", progress=reports.append)
    files = store.resolve(f"hf:{REPO}:Q8_0")
    assert [path.read_bytes() for path in files.parts] == [MODEL, MODEL, noise(2000)]
    assert files.mmproj is not None
    total = sum(len(content) for content in hub.files[REPO].values())
    assert (reports[-1].downloaded_bytes, reports[-1].total_bytes) == (total, total)
    assert len({part.resolve() for part in files.parts}) == 2


async def test_a_plain_url_is_fetched_into_the_plain_folder(
    hub: HubServer, downloader: Downloader, store: ModelStore
) -> None:
    hub.plain["dir/a model.gguf"] = MODEL
    url = f"{hub.mirror_url}/dir/a%20model.gguf"
    path = await downloader.download(url)
    assert path.relative_to(store.plain_folder).parts[1:] == ("dir", "a model.gguf")
    assert path == store.resolve(url).path
    assert path.read_bytes() == MODEL
    assert {file.name for file in path.parent.iterdir()} == {"a model.gguf", "a model.gguf.origin.json"}


async def test_the_parts_of_a_plain_url_are_one_model(
    hub: HubServer, downloader: Downloader, store: ModelStore
) -> None:
    for index in (1, 2):
        hub.plain[f"m-{index:05d}-of-00002.gguf"] = noise(1000 * index)
    path = await downloader.download(f"{hub.mirror_url}/m-00002-of-00002.gguf")
    assert [part.read_bytes() for part in store.resolve(path).parts] == [noise(1000), noise(2000)]


async def test_what_is_on_this_machine_is_returned(downloader: Downloader, store: ModelStore) -> None:
    path = raw.write(store.plain_folder / "mine.gguf", MODEL)
    digest = hashlib.sha256(MODEL).hexdigest()
    assert await downloader.download("mine.gguf", sha256=digest, size=len(MODEL)) == path
    assert (await downloader.download("builtin")).name == "builtin.gguf"
    with pytest.raises(ModelNotFoundError):
        await downloader.download("none.gguf")
    with pytest.raises(IntegrityError):
        await downloader.download("mine.gguf", sha256="0" * 64)
    with pytest.raises(IntegrityError):
        await downloader.download("mine.gguf", size=5)


async def test_a_second_download_fetches_nothing(hub: HubServer, downloader: Downloader) -> None:
    hub.add(REPO, "tiny.gguf", MODEL)
    hub.plain["a.gguf"] = MODEL
    for _ in range(2):
        await downloader.download(f"hf:{REPO}")
        await downloader.download(f"{hub.mirror_url}/a.gguf")
    assert len(hub.transfers) == 2


async def test_a_present_file_with_another_digest_than_demanded_is_replaced(
    hub: HubServer, downloader: Downloader
) -> None:
    url = f"{hub.mirror_url}/a.gguf"
    hub.plain["a.gguf"] = noise(1000)
    await downloader.download(url)
    hub.plain["a.gguf"] = MODEL
    path = await downloader.download(url, sha256=hashlib.sha256(MODEL).hexdigest())
    assert path.read_bytes() == MODEL


async def test_progress_never_falls_and_ends_at_one(hub: HubServer, downloader: Downloader) -> None:
    hub.add(REPO, "tiny.gguf", noise(8 * UNIT))
    hub.faults.bytes_per_second = 16 * UNIT
    reports: list[Downloading] = []
    await downloader.download(f"hf:{REPO}", progress=reports.append)
    values = [report.value for report in reports]
    assert len(values) > 2
    assert values == sorted(values)
    assert (values[-1], reports[-1].seconds_left) == (1.0, 0.0)
    assert all(value < 1 for value in values[:-1])
    middle = reports[len(reports) // 2]
    assert middle.total_bytes == len(noise(8 * UNIT))
    assert middle.bytes_per_second > 0
    assert middle.seconds_left is not None
    assert middle.stage == "tiny.gguf"


async def test_the_size_of_a_plain_url_is_learned_from_the_server(hub: HubServer, downloader: Downloader) -> None:
    hub.plain["a.gguf"] = noise(UNIT)
    reports: list[Downloading] = []
    await downloader.download(f"{hub.mirror_url}/a.gguf", progress=reports.append)
    assert reports[0].total_bytes == len(noise(UNIT))


async def test_several_ranges_are_fetched_at_a_time(hub: HubServer, downloader: Downloader) -> None:
    hub.add(REPO, "tiny.gguf", noise(40 * UNIT))
    await downloader.download(f"hf:{REPO}")
    starts = {request.range for request in hub.transfers}
    assert len(starts) == 6
    assert hub.sent_bytes == len(noise(40 * UNIT)) + 1


async def aborted(downloader: Downloader, name: str, at_bytes: int) -> int:
    """Abort a download when that many bytes have come; returns how many had."""
    enough = asyncio.Event()
    seen = 0

    def watch(progress: Downloading) -> None:
        nonlocal seen
        seen = progress.downloaded_bytes
        if seen >= at_bytes:
            enough.set()

    task = asyncio.create_task(downloader.download(name, progress=watch))
    await asyncio.wait_for(enough.wait(), 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return seen


async def test_an_aborted_download_resumes_from_its_last_byte(
    hub: HubServer, downloader: Downloader, store: ModelStore, caplog: pytest.LogCaptureFixture
) -> None:
    """T30: the partial stays, the lock is free, no final name appears."""
    caplog.set_level("INFO", "llama_worker")
    content = noise(20 * UNIT)
    digest = hub.add(REPO, "tiny.gguf", content)
    hub.faults.bytes_per_second = 8 * UNIT
    await aborted(downloader, f"hf:{REPO}", 4 * UNIT)
    blob = Repository(store.root, REPO).blob(digest)
    journal = PartialFiles(blob).read()
    assert journal is not None
    assert journal.downloaded_bytes >= 4 * UNIT
    assert not blob.exists()
    assert not PartialFiles(blob).owner.exists()
    assert [entry.state for entry in store.list() if entry.name != "builtin"] == ["partial"]
    hub.faults.bytes_per_second = None
    hub.requests.clear()
    path = await downloader.download(f"hf:{REPO}")
    assert path.read_bytes() == content
    assert hub.sent_bytes == len(content) - journal.downloaded_bytes + 1
    assert {file.name for file in blob.parent.iterdir()} == {digest}
    begun, resumed, complete = caplog.messages
    assert begun == f"download of tiny.gguf begun, {len(content)} bytes"
    assert resumed == f"download of tiny.gguf resumed at {journal.downloaded_bytes} of {len(content)} bytes"
    assert complete.startswith(f"download of tiny.gguf complete: {len(content)} bytes in ")


async def test_after_a_reboot_only_what_was_flushed_is_believed(
    hub: HubServer, downloader: Downloader, store: ModelStore
) -> None:
    content = noise(20 * UNIT)
    digest = hub.add(REPO, "tiny.gguf", content)
    hub.faults.bytes_per_second = 8 * UNIT
    await aborted(downloader, f"hf:{REPO}", 4 * UNIT)
    partial = PartialFiles(Repository(store.root, REPO).blob(digest))
    before = partial.read()
    raw_journal = partial.journal.read_bytes()
    partial.journal.write_bytes(raw_journal.replace(b'"bootId":"', b'"bootId":"other-'))
    after = partial.read()
    assert before is not None
    assert after is not None
    assert before.downloaded_bytes >= 4 * UNIT > after.downloaded_bytes
    assert after.flushed == msgspec.json.decode(raw_journal)["flushed"]
    assert (await downloader.download(f"hf:{REPO}")).read_bytes() == content


@pytest.mark.parametrize("damage", ["journal", "counters", "data"])
async def test_a_damaged_partial_never_ends_in_a_wrong_file(
    hub: HubServer, downloader: Downloader, store: ModelStore, damage: str
) -> None:
    content = noise(12 * UNIT)
    digest = hub.add(REPO, "tiny.gguf", content)
    hub.faults.bytes_per_second = 8 * UNIT
    await aborted(downloader, f"hf:{REPO}", 2 * UNIT)
    partial = PartialFiles(Repository(store.root, REPO).blob(digest))
    path = {"journal": partial.journal, "counters": partial.positions, "data": partial.data}[damage]
    with path.open("r+b") as file:
        file.write(b"\xff" * 100)
    hub.faults.bytes_per_second = None
    assert (await downloader.download(f"hf:{REPO}")).read_bytes() == content


async def test_two_downloads_in_one_process_are_one_transfer(hub: HubServer, downloader: Downloader) -> None:
    content = noise(2 * UNIT)
    hub.add(REPO, "tiny.gguf", content)
    hub.faults.bytes_per_second = 4 * UNIT
    paths = await asyncio.gather(*(downloader.download(f"hf:{REPO}") for _ in range(3)))
    assert {path.read_bytes() for path in paths} == {content}
    assert hub.sent_bytes == len(content) + 1


def test_a_file_replaced_by_many_at_once_is_whole_and_alone(tmp_path: Path) -> None:
    path = tmp_path / "main"
    contents = [bytes([number]) * 1000 for number in range(64)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda content: write_atomic(path, content), contents))
    assert path.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [path]


async def test_two_processes_share_one_transfer(hub: HubServer, store: ModelStore) -> None:
    """T23."""
    content = noise(4 * UNIT)
    hub.add(REPO, "tiny.gguf", content)
    hub.faults.bytes_per_second = 4 * UNIT
    children = [await Child.start(f"hf:{REPO}", store) for _ in range(2)]
    paths = [await child.path() for child in children]
    assert [path.read_bytes() for path in paths] == [content, content]
    assert hub.sent_bytes == len(content) + 1


async def test_when_the_fetching_process_dies_the_waiting_one_goes_on(
    hub: HubServer, store: ModelStore, downloader: Downloader
) -> None:
    content = noise(8 * UNIT)
    hub.add(REPO, "tiny.gguf", content)
    hub.faults.bytes_per_second = 4 * UNIT
    first = await Child.start(f"hf:{REPO}", store)
    await first.until(hub, UNIT)
    waiting = asyncio.create_task(downloader.download(f"hf:{REPO}"))
    await first.kill()
    hub.faults.bytes_per_second = None
    assert (await waiting).read_bytes() == content


async def test_the_hub_client_finds_what_was_pulled_here(
    hub: HubServer, downloader: Downloader, store: ModelStore
) -> None:
    hub.add(REPO, "sub/tiny.gguf", MODEL)
    path = await downloader.download(f"hf:{REPO}")
    fetched = len(hub.transfers)
    theirs = await asyncio.to_thread(
        hf_hub_download, REPO, "sub/tiny.gguf", cache_dir=store.root, endpoint=hub.url, token=False
    )
    assert Path(theirs) == path
    assert len(hub.transfers) == fetched


async def test_what_the_hub_client_pulled_is_found_here(
    hub: HubServer, downloader: Downloader, store: ModelStore
) -> None:
    hub.add(REPO, "sub/tiny.gguf", MODEL)
    theirs = await asyncio.to_thread(
        hf_hub_download, REPO, "sub/tiny.gguf", cache_dir=store.root, endpoint=hub.url, token=False
    )
    fetched = len(hub.transfers)
    assert await downloader.download(f"hf:{REPO}") == Path(theirs)
    assert store.resolve(f"hf:{REPO}").path == Path(theirs)
    assert len(hub.transfers) == fetched


async def test_a_partial_of_what_the_hub_client_has_brought_meanwhile_is_removed(
    hub: HubServer, downloader: Downloader, store: ModelStore
) -> None:
    hub.add(REPO, "tiny.gguf", noise(8 * UNIT))
    hub.faults.bytes_per_second = 8 * UNIT
    await aborted(downloader, f"hf:{REPO}", UNIT)
    hub.faults.bytes_per_second = None
    await asyncio.to_thread(hf_hub_download, REPO, "tiny.gguf", cache_dir=store.root, endpoint=hub.url, token=False)
    await downloader.download(f"hf:{REPO}")
    assert [entry.state for entry in store.list()] == ["complete", "complete"]


async def test_without_links_the_file_itself_is_put_in_place(
    hub: HubServer, downloader: Downloader, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("links are not supported here")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    monkeypatch.setattr(Path, "hardlink_to", refuse)
    hub.add(REPO, "tiny.gguf", MODEL)
    for _ in range(2):
        path = await downloader.download(f"hf:{REPO}")
        assert not path.is_symlink()
        assert path.read_bytes() == MODEL
    assert len(hub.transfers) == 1
    assert store.remove(f"hf:{REPO}") == len(MODEL)


async def test_offline_only_what_is_here_is_given(
    hub: HubServer, downloader: Downloader, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add(REPO, "tiny.gguf", MODEL)
    url = f"{hub.mirror_url}/a.gguf"
    hub.plain["a.gguf"] = MODEL
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for name in (f"hf:{REPO}", url):
        with pytest.raises(DownloadError, match="HF_HUB_OFFLINE") as caught:
            await downloader.download(name)
        assert caught.value.reason == "offline"
    monkeypatch.delenv("HF_HUB_OFFLINE")
    for name in (f"hf:{REPO}", url):
        await downloader.download(name)
    asked = len(hub.requests)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for name in (f"hf:{REPO}", url):
        await downloader.download(name)
    assert len(hub.requests) == asked


async def test_while_the_hub_is_down_what_is_here_serves(
    hub: HubServer, downloader: Downloader, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add(REPO, "tiny.gguf", MODEL)
    path = await downloader.download(f"hf:{REPO}")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert await downloader.download(f"hf:{REPO}") == path
    with pytest.raises(DownloadError, match="HF_ENDPOINT") as caught:
        await downloader.download("hf:org/other")
    assert caught.value.reason == "network"


async def test_a_proxy_is_used(hub: HubServer, downloader: Downloader, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mirror plays the proxy: it is asked for a whole address of a host that does not exist."""
    hub.plain["a.gguf"] = MODEL
    monkeypatch.setenv("http_proxy", hub.mirror_url)
    path = await downloader.download("http://models.invalid/a.gguf")
    assert path.read_bytes() == MODEL


@pytest.mark.parametrize("sha256", ["", "0" * 63, "g" * 64, "md5:" + "0" * 64])
async def test_a_digest_that_is_none_is_refused(downloader: Downloader, sha256: str) -> None:
    with pytest.raises(InvalidOptionsError, match="64 hexadecimal digits"):
        await downloader.download("builtin", sha256=sha256)
