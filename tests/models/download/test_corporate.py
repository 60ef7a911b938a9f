"""Behind a proxy, with an authority of the company's own."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import web
from huggingface_hub import close_session
from yarl import URL

from llama_worker.errors import DownloadError
from llama_worker.models.download.download import Downloader
from llama_worker.models.download.fetcher import Fetcher
from llama_worker.models.download.trust import trusted_certificates
from llama_worker.models.hub.asking import search_repositories
from tests.models import raw_gguf as raw
from tests.models.conftest import QUICK
from tests.models.download.corporate import make_authority, running_proxy
from tests.models.download.hub_server import HubServer

REPO = "org/tiny"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The hub's client reads the environment once, for all that is asked through it."""
    close_session()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    yield
    close_session()


async def test_everything_goes_through_the_proxy(
    hub: HubServer, downloader: Downloader, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add(REPO, "tiny-Q8_0.gguf", raw.gguf(), small=True)
    async with running_proxy(URL(hub.url).port or 0) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("://", "://user:password@"))
        monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
        assert (await downloader.download(f"hf:{REPO}")).read_bytes() == raw.gguf()
        assert [name.repo for name in await search_repositories("tiny", 5, settings=QUICK)] == [REPO]
        assert all("http://hub.invalid/" in line for line in proxy.asked)
        assert {line.partition(" ")[2] for line in proxy.authorizations} == {"Basic dXNlcjpwYXNzd29yZA=="}
        count = len(proxy.asked)
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        await search_repositories("tiny", 5, settings=QUICK)
        assert len(proxy.asked) == count


@pytest.fixture
async def encrypted(tmp_path: Path) -> AsyncIterator[tuple[str, Path]]:
    """A server that shows a certificate of the company's authority, and that authority's."""
    authority, context = make_authority(tmp_path)

    async def answer(request: web.Request) -> web.Response:
        return web.json_response([{"id": REPO}])

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    yield f"https://127.0.0.1:{runner.addresses[0][1]}", authority
    await runner.cleanup()


async def test_an_authority_of_the_companys_own(encrypted: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    url, authority = encrypted
    monkeypatch.setenv("HF_ENDPOINT", url)
    with pytest.raises(DownloadError, match=r"is not trusted .*SSL_CERT_FILE"):
        await search_repositories("tiny", 5, settings=QUICK)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    assert len(await search_repositories("tiny", 5, settings=QUICK)) == 1
    async with running_proxy(URL(url).port or 0) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert len(await search_repositories("tiny", 5, settings=QUICK)) == 1
        assert [line.split(" ")[0] for line in proxy.asked] == ["CONNECT"]


async def test_a_model_behind_that_authority(
    encrypted: tuple[str, Path], downloader: Downloader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub's own client is asked for it first."""
    monkeypatch.setenv("HF_ENDPOINT", encrypted[0])
    with pytest.raises(DownloadError, match=r"is not trusted .*SSL_CERT_FILE"):
        await downloader.download(f"hf:{REPO}")


async def test_certificates_that_are_not_there_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(DownloadError, match=r"SSL_CERT_FILE is .*none\.pem, which is not there"):
        Fetcher()


def test_the_systems_trust_store_is_believed() -> None:
    assert trusted_certificates().cert_store_stats() == ssl.create_default_context().cert_store_stats()
