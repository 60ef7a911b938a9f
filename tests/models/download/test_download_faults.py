"""The matrix of faults: each row of the table in docs/downloads.md is a test here, named in the table.

Every test ends with the same check: either the right file is in place, or nothing has the final name.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import resource
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from filelock import FileLock
from yarl import URL

from llama_worker.errors import DownloadError, IntegrityError, LlamaWorkerError, ModelNotFoundError
from llama_worker.models.download import partial
from llama_worker.models.download.download import Downloader
from llama_worker.models.download.fetcher import next_location
from llama_worker.models.download.reach import is_private
from llama_worker.models.store import lock
from llama_worker.models.store.cache import Repository
from llama_worker.models.store.journal import PartialFiles, boot_id
from llama_worker.models.store.store import ModelStore
from tests.models import raw_gguf as raw
from tests.models.conftest import QUICK
from tests.models.download.hub_server import COMMIT, HubServer
from tests.models.raw_gguf import UNIT, noise

REPO = "org/tiny"
NAME = f"hf:{REPO}"
CONTENT = noise(20 * UNIT)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def url(hub: HubServer) -> str:
    """The content on the hub, and under the URL that is returned."""
    hub.add(REPO, "tiny.gguf", CONTENT)
    hub.plain["a.gguf"] = CONTENT
    return f"{hub.mirror_url}/a.gguf"


async def refused(downloader: Downloader, name: str, store: ModelStore, **options: Any) -> LlamaWorkerError:
    """The error of a download that must fail and leave nothing under a final name."""
    with pytest.raises(LlamaWorkerError) as caught:
        await downloader.download(name, **options)
    assert final_files(store) == []
    assert caught.value.message.endswith(".")
    return caught.value


def final_files(store: ModelStore) -> list[Path]:
    """Every file that has a final name."""
    folders = (store.root, store.plain_folder)
    found = [path for folder in folders for path in folder.rglob("*") if path.is_file() or path.is_symlink()]
    blobs = [path for path in found if path.parent.name == "blobs" and path.suffix == ""]
    return blobs + [path for path in found if path.suffix == ".gguf"]


async def test_the_server_ignores_ranges(hub: HubServer, downloader: Downloader, url: str) -> None:
    """T20."""
    hub.faults.ignore_range = True
    assert (await downloader.download(NAME)).read_bytes() == CONTENT
    assert (await downloader.download(url)).read_bytes() == CONTENT


async def test_the_server_stops_serving_ranges_in_the_middle(hub: HubServer, downloader: Downloader, url: str) -> None:
    hub.faults.ignore_range_after = 3
    assert (await downloader.download(url)).read_bytes() == CONTENT


async def test_one_byte_is_wrong(hub: HubServer, downloader: Downloader, store: ModelStore, url: str) -> None:
    """T21."""
    hub.faults.wrong_byte_at = 11 * UNIT
    assert isinstance(await refused(downloader, NAME, store), IntegrityError)
    assert isinstance(await refused(downloader, url, store, sha256=DIGEST), IntegrityError)
    hub.faults.wrong_byte_at = None
    assert (await downloader.download(NAME)).read_bytes() == CONTENT


async def test_the_connection_breaks_again_and_again(hub: HubServer, downloader: Downloader, url: str) -> None:
    hub.faults.cut_after = [100, 3 * UNIT, 0, 5, 1 * UNIT, 7_000]
    assert (await downloader.download(NAME)).read_bytes() == CONTENT
    assert hub.sent_bytes - len(CONTENT) < 4 * UNIT


async def test_the_connection_breaks_and_there_are_no_ranges(hub: HubServer, downloader: Downloader, url: str) -> None:
    hub.faults.cut_after = [3 * UNIT]
    hub.faults.ignore_range = True
    assert (await downloader.download(url)).read_bytes() == CONTENT


async def test_the_connection_always_breaks(
    hub: HubServer, downloader: Downloader, store: ModelStore, url: str
) -> None:
    hub.faults.cut_after = [0] * 100
    error = await refused(downloader, NAME, store)
    assert (error.code, getattr(error, "reason", None)) == ("download_failed", "network")
    assert len(hub.faults.cut_after) > 70


async def test_a_stream_stalls_in_the_middle(hub: HubServer, store: ModelStore, url: str) -> None:
    hub.faults.stall_after = [1 * UNIT, 2 * UNIT]
    settings = msgspec.structs.replace(QUICK, stall_seconds=0.3)
    assert (await Downloader(store, settings).download(NAME)).read_bytes() == CONTENT


async def test_the_server_never_sends_a_byte(hub: HubServer, store: ModelStore, url: str) -> None:
    """T25."""
    hub.faults.silent = True
    settings = msgspec.structs.replace(QUICK, stall_seconds=0.1, retries=1)
    error = await refused(Downloader(store, settings), NAME, store)
    assert "sent nothing for 0.1 seconds" in error.message
    assert error.details()["reason"] == "stalled"


async def abort_early(hub: HubServer, downloader: Downloader, name: str) -> None:
    """Leave a partial of some megabytes behind."""
    hub.faults.bytes_per_second = 8 * UNIT
    task = asyncio.create_task(downloader.download(name))
    while hub.sent_bytes < 3 * UNIT:
        await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    hub.faults.bytes_per_second = None
    hub.requests.clear()


async def test_a_plain_url_resumes_while_its_etag_stays(hub: HubServer, downloader: Downloader, url: str) -> None:
    await abort_early(hub, downloader, url)
    assert (await downloader.download(url)).read_bytes() == CONTENT
    assert hub.sent_bytes < len(CONTENT) - 2 * UNIT
    assert {request.if_range for request in hub.transfers} == {f'"{DIGEST}"'}


async def test_the_file_changed_between_two_runs(hub: HubServer, downloader: Downloader, url: str) -> None:
    """T29: begin again, never splice."""
    await abort_early(hub, downloader, url)
    hub.plain["a.gguf"] = other = noise(20 * UNIT, seed=1)
    assert (await downloader.download(url)).read_bytes() == other
    assert hub.sent_bytes == len(other) + 1


@pytest.mark.parametrize("fault", ["no_validator", "weak_etag"])
async def test_without_an_identity_nothing_is_resumed(
    hub: HubServer, downloader: Downloader, url: str, fault: str
) -> None:
    setattr(hub.faults, fault, True)
    await abort_early(hub, downloader, url)
    assert (await downloader.download(url)).read_bytes() == CONTENT
    assert hub.sent_bytes == len(CONTENT) + 1


@pytest.mark.parametrize("size", [20 * UNIT, 12 * UNIT, 28 * UNIT])
async def test_the_file_changes_during_the_transfer(hub: HubServer, store: ModelStore, url: str, size: int) -> None:
    hub.faults.bytes_per_second = 16 * UNIT
    one_by_one = Downloader(store, msgspec.structs.replace(QUICK, streams=1))
    task = asyncio.create_task(one_by_one.download(url))
    while hub.sent_bytes < 3 * UNIT:
        await asyncio.sleep(0.005)
    hub.plain["a.gguf"] = other = noise(size, seed=1)
    hub.faults.bytes_per_second = None
    assert (await task).read_bytes() == other


async def test_the_size_is_not_the_promised_one(
    hub: HubServer, downloader: Downloader, store: ModelStore, url: str
) -> None:
    hub.faults.promised_size = 5
    assert isinstance(await refused(downloader, NAME, store), IntegrityError)
    assert isinstance(await refused(downloader, url, store, size=5), IntegrityError)
    assert hub.transfers == []


async def test_the_digest_is_not_the_promised_one(
    hub: HubServer, downloader: Downloader, store: ModelStore, url: str
) -> None:
    assert isinstance(await refused(downloader, NAME, store, sha256="0" * 64), IntegrityError)
    assert hub.transfers == []
    hub.faults.promised_digest = "0" * 64
    assert isinstance(await refused(downloader, NAME, store), IntegrityError)
    assert isinstance(await refused(downloader, url, store, sha256="0" * 64), IntegrityError)


async def test_what_was_resumed_is_wrong_but_the_server_is_right(
    hub: HubServer, downloader: Downloader, store: ModelStore, url: str
) -> None:
    await abort_early(hub, downloader, NAME)
    data = PartialFiles(Repository(store.root, REPO).blob(DIGEST)).data
    with data.open("r+b") as file:
        file.write(b"\xff" * 64)
    assert (await downloader.download(NAME)).read_bytes() == CONTENT


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><html>Please log in</html>", raw.gguf()[:-40]])
async def test_something_else_is_sent_in_place_of_a_model(
    hub: HubServer, downloader: Downloader, store: ModelStore, page: bytes
) -> None:
    hub.plain["a.gguf"] = page
    error = await refused(downloader, f"{hub.mirror_url}/a.gguf", store)
    assert isinstance(error, IntegrityError)
    assert "not a usable GGUF model" in error.message


async def test_the_server_hides_the_size(hub: HubServer, downloader: Downloader, store: ModelStore, url: str) -> None:
    hub.faults.ignore_range = hub.faults.hide_length = True
    assert "--size" in (await refused(downloader, url, store)).message
    assert (await downloader.download(url, size=len(CONTENT))).read_bytes() == CONTENT


STATUSES: list[tuple[int, type[LlamaWorkerError], str]] = [
    (400, DownloadError, "answered 400"),
    (401, DownloadError, "HF_TOKEN"),
    (403, DownloadError, "licence"),
    (404, ModelNotFoundError, "does not exist"),
    (410, ModelNotFoundError, "does not exist"),
    (451, DownloadError, "answered 451"),
]


@pytest.mark.parametrize(("status", "kind", "sentence"), STATUSES, ids=[str(row[0]) for row in STATUSES])
async def test_refusals_are_told_at_once(
    hub: HubServer,
    downloader: Downloader,
    store: ModelStore,
    url: str,
    status: int,
    kind: type[LlamaWorkerError],
    sentence: str,
) -> None:
    hub.faults.statuses = [status] * 10
    error = await refused(downloader, url, store)
    assert isinstance(error, kind)
    assert sentence in error.message
    assert len(hub.faults.statuses) == 9
    hub.faults.statuses = []
    hub.faults.hub_statuses = [status] * 10
    error = await refused(downloader, NAME, store)
    assert isinstance(error, kind)
    assert sentence in error.message
    assert len(hub.faults.hub_statuses) == 9


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_troubles_are_waited_for(hub: HubServer, downloader: Downloader, url: str, status: int) -> None:
    hub.faults.statuses = [status, status]
    hub.faults.hub_statuses = [status, status]
    hub.faults.retry_after = "0"
    assert (await downloader.download(NAME)).read_bytes() == CONTENT


@pytest.mark.parametrize(("status", "reason"), [(429, "rate_limited"), (503, "server")])
async def test_troubles_that_do_not_pass_are_told(
    hub: HubServer, downloader: Downloader, store: ModelStore, url: str, status: int, reason: str
) -> None:
    hub.faults.statuses = [status] * 10
    error = await refused(downloader, url, store)
    assert error.details() == {"reason": reason, "status": status, "model": url}
    assert len(hub.faults.statuses) == 6
    hub.faults.statuses = []
    hub.faults.hub_statuses = [status] * 10
    assert (await refused(downloader, NAME, store)).details()["reason"] == reason


async def test_a_wait_that_is_too_long_is_not_waited_for(
    hub: HubServer, downloader: Downloader, store: ModelStore, url: str
) -> None:
    hub.faults.statuses = [429] * 10
    hub.faults.retry_after = "86400"
    await refused(downloader, url, store)
    assert len(hub.faults.statuses) == 9


async def test_a_repository_branch_or_file_that_does_not_exist(
    hub: HubServer, downloader: Downloader, store: ModelStore, url: str
) -> None:
    hub.add("org/empty", "README.md", b"")
    sentences = {
        "hf:org/none": "does not exist",
        f"{NAME}#v9": "no branch, tag or commit 'v9'",
        f"{NAME}:Q2_K": "has no Q2_K; it has tiny.gguf",
        f"{NAME}/none.gguf": "has no none.gguf",
        "hf:org/empty": "has no GGUF files",
    }
    for name, sentence in sentences.items():
        error = await refused(downloader, name, store)
        assert isinstance(error, ModelNotFoundError)
        assert sentence in error.message


async def test_a_part_is_missing_on_the_hub(hub: HubServer, downloader: Downloader, store: ModelStore) -> None:
    hub.add(REPO, "m-Q8_0-00001-of-00002.gguf", CONTENT)
    assert "00002-of-00002.gguf is missing" in (await refused(downloader, NAME, store)).message


async def test_the_token_goes_to_the_hub_and_nowhere_else(
    hub: HubServer, downloader: Downloader, store: ModelStore, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T28: the mirror is another port, which makes it another host."""
    hub.faults.token = "hf_secret"
    assert "HF_TOKEN" in (await refused(downloader, NAME, store)).message
    hub.faults.gated = True
    assert "licence" in (await refused(downloader, NAME, store)).message
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub.hub_authorizations.clear()
    assert (await downloader.download(NAME)).read_bytes() == CONTENT
    assert (await downloader.download(url)).read_bytes() == CONTENT
    assert set(hub.hub_authorizations) == {"Bearer hf_secret"}
    assert {request.authorization for request in hub.requests} == {None}


async def test_redirects_are_followed_ten_times_and_no_more(
    hub: HubServer, downloader: Downloader, store: ModelStore, url: str
) -> None:
    hub.faults.redirects = 10
    assert "more than 10 times" in (await refused(downloader, NAME, store)).message
    hub.faults.redirects = 9
    assert (await downloader.download(NAME)).read_bytes() == CONTENT


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://h/a.gguf", "", "http://[::1", "http://"])
async def test_redirects_out_of_the_web_are_refused(
    hub: HubServer, downloader: Downloader, store: ModelStore, url: str, target: str
) -> None:
    hub.faults.redirect_to = target
    error = await refused(downloader, NAME, store)
    assert error.details()["reason"] == "redirect"


@pytest.mark.parametrize(
    ("current", "target", "safe"),
    [
        ("https://huggingface.co/a", "https://cdn.example/b", True),
        ("https://huggingface.co/a", "/b", True),
        ("https://huggingface.co/a", "http://huggingface.co/a", False),
        ("https://huggingface.co/a", "https://127.0.0.1/a", False),
        ("https://huggingface.co/a", "https://169.254.169.254/latest", False),
        ("https://huggingface.co/a", "https://[::1]/a", False),
        ("https://huggingface.co/a", "https://localhost/a", False),
        ("http://127.0.0.1:1/a", "http://127.0.0.1:2/a", True),
        ("http://hub.internal/a", "http://10.0.0.1/a", True),
    ],
)
def test_redirects_do_not_lead_into_the_network_of_the_user(current: str, target: str, safe: bool) -> None:
    if safe:
        assert next_location(URL(current), target).host
    else:
        with pytest.raises(DownloadError):
            next_location(URL(current), target)


def test_private_hosts_are_known_by_name_and_number() -> None:
    assert all(map(is_private, ["localhost", "a.local", "10.1.2.3", "::1", "192.168.0.1"]))
    assert not any(map(is_private, ["huggingface.co", "1.1.1.1", "2606:4700::1111"]))


async def test_an_address_that_ran_out_is_asked_for_again(hub: HubServer, downloader: Downloader, url: str) -> None:
    """Signed addresses of a mirror expire; the hub gives a new one."""
    hub.faults.bytes_per_second = 16 * UNIT
    task = asyncio.create_task(downloader.download(NAME))
    while not hub.transfers:
        await asyncio.sleep(0.005)
    hub.faults.statuses = [403]
    hub.faults.bytes_per_second = None
    assert (await task).read_bytes() == CONTENT


async def test_the_disk_has_no_room(
    downloader: Downloader, hub: HubServer, store: ModelStore, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T26, before the first byte."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(UNIT, UNIT, 0))
    error = await refused(downloader, NAME, store)
    assert error.details()["reason"] == "disk_full"
    assert hub.transfers == []


@pytest.mark.parametrize(
    ("number", "reason"),
    [(errno.ENOSPC, "disk_full"), (errno.EDQUOT, "disk_full"), (errno.EROFS, "not_writable"), (errno.EIO, None)],
)
async def test_the_disk_refuses_in_the_middle(
    hub: HubServer,
    downloader: Downloader,
    store: ModelStore,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    reason: str | None,
) -> None:
    """T26: told at once, not retried; what had come is resumed when there is room."""
    write = partial._write_at
    stored = False

    def refuse(descriptor: int, data: bytes, offset: int) -> int:
        nonlocal stored
        if stored and offset > 9 * UNIT:
            raise OSError(number, os.strerror(number))
        stored = stored or len(data) > 1024  # the counters are shorter, even all together
        return write(descriptor, data, offset)

    monkeypatch.setattr(partial, "_write_at", refuse)
    assert (await refused(downloader, NAME, store)).details().get("reason") == reason
    asked = len(hub.transfers)
    assert asked <= 4
    monkeypatch.setattr(partial, "_write_at", write)
    hub.requests.clear()
    assert (await downloader.download(NAME)).read_bytes() == CONTENT
    assert hub.sent_bytes < len(CONTENT)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
async def test_a_limit_on_the_size_of_files(hub: HubServer, store: ModelStore, url: str) -> None:
    """T26: `ulimit -f`, which is EFBIG."""
    arguments = ["-m", "tests.models.download.pull_child", NAME, str(store.root), str(store.plain_folder)]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)),
    )
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert b"A file of that size is not allowed" in errors
    assert final_files(store) == []


@pytest.mark.skipif(sys.platform != "linux", reason="name spaces of Linux")
async def test_a_disk_that_really_is_full(hub: HubServer, store: ModelStore, tmp_path: Path, url: str) -> None:
    """T26: a disk of 1 MiB."""
    small = tmp_path / "small"
    small.mkdir()
    command = (
        f"mount -t tmpfs -o size=1m small {small} && exec {sys.executable} -m tests.models.download.pull_child {NAME}"
    )
    process = await asyncio.create_subprocess_exec(
        "unshare", "-rm", "sh", "-c", f"{command} {small}/hub {small}/plain", stderr=subprocess.PIPE
    )
    _, errors = await process.communicate()
    if b"unshare" in errors or b"mount:" in errors:
        pytest.skip("name spaces are not allowed here")
    assert process.returncode == 1
    assert b"is full" in errors


@pytest.mark.skipif(sys.platform != "linux", reason="/sys is writable for nobody")
async def test_the_folder_cannot_be_written(hub: HubServer, tmp_path: Path, url: str) -> None:
    store = ModelStore("/sys/llama-worker", tmp_path)
    with pytest.raises(DownloadError, match="HF_HUB_CACHE") as caught:
        await Downloader(store).download(NAME)
    assert caught.value.reason == "not_writable"


async def test_hostile_names_on_the_hub_are_not_even_offered(
    hub: HubServer, downloader: Downloader, store: ModelStore
) -> None:
    """T27; the table of names is in test_names.py."""
    for path in ("../../evil-Q4_K_M.gguf", "/evil.gguf", "C:\\evil.gguf", "nul.gguf"):
        hub.add(REPO, path, CONTENT)
    assert "no GGUF files" in (await refused(downloader, NAME, store)).message


async def test_a_digest_that_is_a_path_is_refused(
    hub: HubServer, downloader: Downloader, store: ModelStore, url: str
) -> None:
    hub.faults.promised_digest = "../" * 20 + "etc/x"
    assert "digest" in (await refused(downloader, NAME, store)).message


async def test_links_planted_in_the_target_folder_are_not_followed(
    hub: HubServer, downloader: Downloader, store: ModelStore, tmp_path: Path, url: str
) -> None:
    """T27."""
    victim = raw.write(tmp_path / "victim", b"precious")
    repository = Repository(store.root, REPO)
    repository.blobs.mkdir(parents=True)
    PartialFiles(repository.blob(DIGEST)).data.symlink_to(victim)
    assert (await downloader.download(NAME)).read_bytes() == CONTENT
    assert victim.read_bytes() == b"precious"


async def test_a_snapshot_that_leads_out_of_the_cache_is_refused(
    hub: HubServer, downloader: Downloader, store: ModelStore, tmp_path: Path, url: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    snapshots = Repository(store.root, REPO).folder / "snapshots"
    snapshots.mkdir(parents=True)
    (snapshots / COMMIT).symlink_to(outside)
    with pytest.raises(DownloadError, match="leads out of the model cache"):
        await downloader.download(NAME)
    assert list(outside.iterdir()) == []


async def test_a_file_system_whose_locks_do_nothing(
    hub: HubServer, downloader: Downloader, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T23 on Lustre, GPFS and some NFS, where flock always succeeds."""
    monkeypatch.setattr(FileLock, "acquire", lambda self: None)
    monkeypatch.setattr(FileLock, "release", lambda self: None)
    paths = await asyncio.gather(*(downloader.download(NAME) for _ in range(3)))
    assert {path.read_bytes() for path in paths} == {CONTENT}
    assert hub.sent_bytes == len(CONTENT) + 1


def owner(**changes: Any) -> bytes:
    """An owner file, by default of a process of this machine that is dead."""
    dead = lock.Owner(pid=2**22 + 1, host=socket.gethostname(), boot_id=boot_id(), birth="1", token="other")
    return msgspec.json.encode(msgspec.structs.replace(dead, **changes))


@pytest.mark.parametrize(
    ("content", "age"),
    [(owner(), 0), (owner(pid=os.getpid()), 0), (owner(host="elsewhere"), 60), (b"", 60), (b"{", 60)],
    ids=["dead", "number used again", "silent elsewhere", "empty", "torn"],
)
async def test_an_owner_that_is_gone_does_not_block(
    hub: HubServer, downloader: Downloader, store: ModelStore, url: str, content: bytes, age: int
) -> None:
    path = raw.write(PartialFiles(Repository(store.root, REPO).blob(DIGEST)).owner, content)
    then = path.stat().st_mtime - age
    os.utime(path, (then, then))
    assert (await asyncio.wait_for(downloader.download(NAME), 20)).read_bytes() == CONTENT


@pytest.mark.parametrize("content", [owner(host="elsewhere"), b""], ids=["alive elsewhere", "just created"])
async def test_an_owner_that_may_be_alive_is_waited_for(
    hub: HubServer, downloader: Downloader, store: ModelStore, url: str, content: bytes
) -> None:
    path = raw.write(PartialFiles(Repository(store.root, REPO).blob(DIGEST)).owner, content)
    task = asyncio.create_task(downloader.download(NAME))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(task), 0.5)
    path.unlink()
    assert (await task).read_bytes() == CONTENT
