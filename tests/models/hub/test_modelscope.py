"""ModelScope: its names, its API, its own place in the store."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from llama_worker.errors import DownloadError, InvalidOptionsError, ModelNotFoundError
from llama_worker.messages.found import Fit
from llama_worker.models.download.download import Downloader
from llama_worker.models.hub.finding import Search, find_models
from llama_worker.models.names import parse_model_name
from llama_worker.models.store.store import ModelStore
from tests.models import cache_folder
from tests.models import raw_gguf as raw
from tests.models.conftest import QUICK

REPO = "Qwen/Qwen3-4B-GGUF"
NEWEST, OLDEST = "d" * 40, "e" * 40


class ModelScope:
    """Its two interfaces, with the fields that its own client reads."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str | None, str | None]] = []
        self.url = ""

    async def list_files(self, request: web.Request) -> web.Response:
        self._note(request)
        if request.match_info["repo"] != REPO.partition("/")[2]:
            return web.json_response({"Code": 10010205001, "Message": "record not found", "Success": False})
        entries = [
            {
                "Path": path,
                "Name": path,
                "Type": "blob",
                "Size": len(content),
                "Sha256": hashlib.sha256(content).hexdigest(),
                "Revision": NEWEST if index else OLDEST,
                "CommittedDate": 1700000000 + index,
            }
            for index, (path, content) in enumerate(self.files.items())
        ]
        entries.append({"Path": "sub", "Name": "sub", "Type": "tree", "Revision": NEWEST, "CommittedDate": 1})
        return web.json_response({"Code": 200, "Success": True, "Data": {"Files": entries}})

    async def content(self, request: web.Request) -> web.StreamResponse:
        self._note(request)
        assert request.query["Revision"] == NEWEST
        content = self.files[request.query["FilePath"]]
        part = request.http_range
        start, stop = part.start or 0, min(part.stop or len(content), len(content))
        headers = {"Content-Range": f"bytes {start}-{stop - 1}/{len(content)}"}
        return web.Response(status=206, body=content[start:stop], headers=headers)

    async def search(self, request: web.Request) -> web.Response:
        self._note(request)
        assert "gguf" in request.query["search"].lower()
        return web.json_response({"success": True, "data": {"models": [{"id": REPO}], "total_count": 1}})

    async def describe(self, request: web.Request) -> web.Response:
        facts = {"id": REPO, "license": "apache-2.0", "downloads": 42, "likes": 1, "last_modified": 1700000001}
        return web.json_response({"success": True, "data": facts})

    def _note(self, request: web.Request) -> None:
        self.asked.append((request.path, request.headers.get("Authorization"), request.headers.get("Cookie")))


@pytest.fixture
async def modelscope(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ModelScope]:
    server, app = ModelScope(), web.Application()
    app.router.add_get("/api/v1/models/{org}/{repo}/repo/files", server.list_files)
    app.router.add_get("/api/v1/models/{org}/{repo}/repo", server.content)
    app.router.add_get("/openapi/v1/models", server.search)
    app.router.add_get("/openapi/v1/models/{org}/{repo}", server.describe)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", server.url)
    monkeypatch.delenv("MODELSCOPE_API_TOKEN", raising=False)
    yield server
    await runner.cleanup()


async def test_a_model_is_fetched_verified_listed_and_removed(
    modelscope: ModelScope, store: ModelStore, downloader: Downloader, monkeypatch: pytest.MonkeyPatch
) -> None:
    modelscope.files = {"README.md": b"hello", "m-Q4_K_M.gguf": raw.gguf()}
    monkeypatch.setenv("MODELSCOPE_API_TOKEN", "ms_secret")
    name = f"ms:{REPO}:Q4_K_M"
    path = await downloader.download(name)
    assert path.read_bytes() == raw.gguf()
    assert {asked[1:] for asked in modelscope.asked} == {("Bearer ms_secret", "m_session_id=ms_secret")}
    assert store.resolve(name).path == path
    entries = [entry for entry in store.list() if entry.name != "builtin"]
    assert [(entry.name, entry.state) for entry in entries] == [(name, "complete")]
    assert store.remove(name) > 0
    assert [entry.name for entry in store.list()] == ["builtin"]


async def test_a_repository_of_the_same_name_elsewhere_is_another_one(
    modelscope: ModelScope, store: ModelStore, downloader: Downloader
) -> None:
    cache_folder.add(store.root, REPO, "m-Q4_K_M.gguf")
    with pytest.raises(ModelNotFoundError):
        store.resolve(f"ms:{REPO}")
    modelscope.files = {"m-Q4_K_M.gguf": raw.gguf(), "x.bin": b"x"}
    await downloader.download(f"ms:{REPO}")
    assert store.resolve(f"hf:{REPO}").path != store.resolve(f"ms:{REPO}").path


async def test_a_repository_that_does_not_exist(modelscope: ModelScope, downloader: Downloader) -> None:
    with pytest.raises(ModelNotFoundError, match="record not found"):
        await downloader.download("ms:Qwen/none")


async def test_a_search(modelscope: ModelScope) -> None:
    modelscope.files = {"README.md": b"hello", "m-Q4_K_M.gguf": raw.gguf()}
    fit = Fit(True, 1, 2, 4096, "fits")
    (found,) = await find_models(Search("qwen", site="ms"), lambda *_: fit, QUICK)
    assert (found.name, found.best) == (f"ms:{REPO}", f"ms:{REPO}:Q4_K_M")
    assert (found.license, found.downloads, found.page) == ("apache-2.0", 42, f"{modelscope.url}/models/{REPO}")
    assert found.last_modified is not None
    assert found.last_modified.startswith("2023-11-14T")


async def test_no_network(modelscope: ModelScope, downloader: Downloader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(DownloadError, match=r"127.0.0.1:9 cannot be reached .*MODELSCOPE_ENDPOINT\.$"):
        await downloader.download(f"ms:{REPO}")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ms:org/repo", "ms:org/repo"),
        ("ms://org/repo:q8_0", "ms:org/repo:Q8_0"),
        ("modelscope:org/repo/a/b.gguf#v1", "ms:org/repo/a/b.gguf#v1"),
        ("ms:org/repo#master", "ms:org/repo"),
        ("ms:org/repo#main", "ms:org/repo#main"),
        ("https://modelscope.cn/models/org/repo", "ms:org/repo"),
        ("https://www.modelscope.cn/models/org/repo/summary", "ms:org/repo"),
        ("https://www.modelscope.cn/models/org/repo/file/view/master/a.gguf", "ms:org/repo/a.gguf"),
        ("https://www.modelscope.cn/models/org/repo/resolve/v1/a.gguf", "ms:org/repo/a.gguf#v1"),
    ],
)
def test_names(written: str, meant: str) -> None:
    assert str(parse_model_name(written)) == meant
    assert parse_model_name(meant) == parse_model_name(written)


@pytest.mark.parametrize("written", ["ms:repo", "ms:../x", "ms:org/repo/../x.gguf", "ms:org/repo/a.bin"])
def test_names_that_are_none(written: str) -> None:
    with pytest.raises(InvalidOptionsError, match="cannot name a model"):
        parse_model_name(written)


def test_a_path_that_looks_like_a_name_stays_a_path() -> None:
    assert str(parse_model_name(Path("ms:org/repo"))) == "./ms:org/repo"
