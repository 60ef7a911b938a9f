"""A server that speaks the hub's HTTP and misbehaves on demand.

Two sites: the hub (metadata, authorization, redirects) and the mirror on another port that holds the bytes, as on
huggingface.co. `Faults` says what the mirror does wrong; `requests` is what it was asked.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import web

COMMIT = "a1" * 20
_CHUNK = 16 << 10


class Faults(msgspec.Struct):
    """What goes wrong. Statuses are answered in turn, then all is well again."""

    statuses: list[int] = []
    hub_statuses: list[int] = []
    retry_after: str | None = None
    ignore_range: bool = False
    ignore_range_after: int | None = None
    wrong_byte_at: int | None = None
    cut_after: list[int] = []
    stall_after: list[int] = []
    silent: bool = False
    bytes_per_second: float | None = None
    etag: str | None = None
    no_validator: bool = False
    weak_etag: bool = False
    hide_length: bool = False
    offered_size: int | None = None
    promised_size: int | None = None
    promised_digest: str | None = None
    gated: bool = False
    gated_files: bool = False
    redirects: int = 0
    redirect_to: str | None = None
    token: str | None = None


class Asked(msgspec.Struct):
    """One request to the mirror, and how many bytes it was given."""

    path: str
    range: str | None
    authorization: str | None
    if_range: str | None
    sent: int = 0


class Card(msgspec.Struct):
    """What the hub tells of a repository beside its files."""

    tags: tuple[str, ...] = ("license:apache-2.0",)
    downloads: int = 0
    likes: int = 0
    last_modified: str = "2026-05-04T03:02:01.000Z"
    gated: str | bool = False
    gguf: dict[str, object] | None = None


class HubServer:
    """The files by repository and path; change `files` and `faults` at any time."""

    def __init__(self) -> None:
        self.files: dict[str, dict[str, bytes]] = {}
        self.cards: dict[str, Card] = {}
        self.searches: list[list[tuple[str, str]]] = []
        self.small: set[str] = set()
        self.plain: dict[str, bytes] = {}
        self.faults = Faults()
        self.requests: list[Asked] = []
        self.hub_authorizations: list[str | None] = []
        self.url = ""
        self.mirror_url = ""
        self.slots = asyncio.Semaphore(1000)

    def add(self, repo: str, path: str, content: bytes, *, small: bool = False) -> str:
        """Put a file into a repository; returns its digest. Small files are not in LFS, as on the hub."""
        self.files.setdefault(repo, {})[path] = content
        if small:
            self.small.add(path)
            return _git_sha1(content)
        return hashlib.sha256(content).hexdigest()

    @property
    def sent_bytes(self) -> int:
        """The bytes of content that the mirror has sent."""
        return sum(request.sent for request in self.requests)

    @property
    def transfers(self) -> list[Asked]:
        """The requests for more than the one byte that a probe asks for."""
        return [request for request in self.requests if request.range != "bytes=0-0"]

    async def info(self, request: web.Request) -> web.Response:
        self.hub_authorizations.append(request.headers.get("Authorization"))
        repo = f"{request.match_info['org']}/{request.match_info['repo']}"
        refused = self._refused(request, self.faults.hub_statuses)
        if refused is not None:
            return refused
        if repo not in self.files:
            return _error(404, "RepoNotFound")
        if request.match_info.get("revision", "main") not in ("main", "dev", COMMIT):
            return _error(404, "RevisionNotFound")
        siblings = [self._sibling(path, content) for path, content in sorted(self.files[repo].items())]
        return web.json_response({"sha": COMMIT, "siblings": siblings} | self._described(repo))

    def card(self, repo: str, **told: Any) -> None:
        """What is told of a repository; without one it is that of `Card`."""
        self.cards[repo] = Card(**told)

    def _described(self, repo: str) -> dict[str, object]:
        card = self.cards.get(repo, Card())
        told = {name: value for name, value in msgspec.structs.asdict(card).items() if value is not None}
        told["lastModified"] = told.pop("last_modified")
        formats = ["gguf"] if any(path.endswith(".gguf") for path in self.files[repo]) else ["safetensors"]
        return {"id": repo, "modelId": repo, **told, "tags": [*formats, *card.tags]}

    async def listing(self, request: web.Request) -> web.Response:
        """The hub's search: words that all are in a name, tags that all are there; the most downloaded first."""
        self.hub_authorizations.append(request.headers.get("Authorization"))
        self.searches.append(list(request.query.items()))
        refused = self._refused(request, self.faults.hub_statuses)
        if refused is not None:
            return refused
        words = request.query.get("search", "").lower().split()
        found = [self._described(repo) for repo in self.files if all(word in repo.lower() for word in words)]
        wanted = set(request.query.getall("filter", []))
        found = [told for told in found if wanted <= set(told["tags"])]  # type: ignore[call-overload]
        if request.query.get("sort") == "downloads":
            found.sort(key=lambda told: -int(told["downloads"]))  # type: ignore[call-overload]
        return web.json_response(found[: int(request.query.get("limit", "1000"))])

    def _refused(self, request: web.Request, statuses: list[int]) -> web.Response | None:
        if self.faults.token and request.headers.get("Authorization") != f"Bearer {self.faults.token}":
            return _error(403, "GatedRepo") if self.faults.gated else _error(401, "")
        if not statuses:
            return None
        headers = {"Retry-After": self.faults.retry_after} if self.faults.retry_after else {}
        return web.Response(status=statuses.pop(0), headers=headers)

    def _sibling(self, path: str, content: bytes) -> dict[str, object]:
        size = self.faults.promised_size or len(content)
        if path in self.small:
            return {"rfilename": path, "size": size, "blobId": _git_sha1(content)}
        digest = self.faults.promised_digest or hashlib.sha256(content).hexdigest()
        lfs = {"sha256": digest, "size": size, "pointerSize": 130}
        return {"rfilename": path, "size": size, "blobId": "b" * 40, "lfs": lfs}

    async def resolve(self, request: web.Request) -> web.StreamResponse:
        """The hub's address of a file: small ones are here, others on the mirror."""
        self.hub_authorizations.append(request.headers.get("Authorization"))
        repo = f"{request.match_info['org']}/{request.match_info['repo']}"
        path = request.match_info["path"]
        refused = self._refused(request, [])
        if refused is not None:
            return refused
        if self.faults.gated_files:  # on the hub everybody may see what is in there
            return _error(403 if request.headers.get("Authorization") else 401, "GatedRepo")
        content = self.files.get(repo, {}).get(path)
        if content is None:
            return _error(404, "EntryNotFound")
        if path in self.small:
            return await self._serve(request, content, f'"{_git_sha1(content)}"', {"X-Repo-Commit": COMMIT})
        digest = hashlib.sha256(content).hexdigest()
        headers = {
            "Location": self._location(f"{self.mirror_url}/{repo}/{path}"),
            "X-Repo-Commit": COMMIT,
            "X-Linked-Etag": f'"{digest}"',
            "X-Linked-Size": str(len(content)),
        }
        return web.Response(status=302, headers=headers)

    def _location(self, target: str) -> str:
        if self.faults.redirect_to is not None:
            return self.faults.redirect_to
        return f"{self.mirror_url}/hop/{self.faults.redirects}?to={target}" if self.faults.redirects else target

    async def hop(self, request: web.Request) -> web.Response:
        left = int(request.match_info["left"])
        target = request.query["to"]
        location = target if left <= 1 else f"{self.mirror_url}/hop/{left - 1}?to={target}"
        return web.Response(status=307, headers={"Location": location})

    async def mirror(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a repository's file, or of a plain one."""
        path = request.path.lstrip("/")
        org, _, rest = path.partition("/")
        repo, _, file = rest.partition("/")
        content = self.plain.get(path) or self.files.get(f"{org}/{repo}", {}).get(file)
        if content is None:
            return web.Response(status=404)
        if self.faults.statuses:
            refused = self._refused(request, self.faults.statuses)
            assert refused is not None
            return refused
        etag = self.faults.etag or f'"{hashlib.sha256(content).hexdigest()}"'
        async with self.slots:
            return await self._serve(request, content, etag, {})

    async def _serve(
        self, request: web.Request, content: bytes, etag: str, headers: dict[str, str]
    ) -> web.StreamResponse:
        asked = _asked(request)
        self.requests.append(asked)
        if self.faults.silent:
            await asyncio.sleep(3600)
        size = self.faults.offered_size or len(content)
        start, end, partly = self._range(asked, etag, size)
        if start >= size:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
        response = web.StreamResponse(status=206 if partly else 200, headers=headers | self._validators(etag))
        if partly:
            response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        if self.faults.hide_length and not partly:
            response.enable_chunked_encoding()
        else:
            response.content_length = end - start
        with contextlib.suppress(ConnectionError):  # the client has left
            await response.prepare(request)
            if request.method != "HEAD":
                await self._send(response, request, asked, content, start, end)
        return response

    def _range(self, asked: Asked, etag: str, size: int) -> tuple[int, int, bool]:
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", asked.range or "")
        after = self.faults.ignore_range_after
        ignored = self.faults.ignore_range or (after is not None and len(self.requests) > after)
        same = asked.if_range is None or asked.if_range == etag
        if match is None or ignored or not same:
            return 0, size, False
        return int(match[1]), min(int(match[2] or size) + 1, size), True

    def _validators(self, etag: str) -> dict[str, str]:
        if self.faults.no_validator:
            return {}
        return {"ETag": f"W/{etag}" if self.faults.weak_etag else etag, "Accept-Ranges": "bytes"}

    async def _send(
        self,
        response: web.StreamResponse,
        request: web.Request,
        asked: Asked,
        content: bytes,
        start: int,
        end: int,
    ) -> None:
        probing = end - start == 1
        stall = self.faults.stall_after.pop(0) if self.faults.stall_after and not probing else None
        cut = self.faults.cut_after.pop(0) if self.faults.cut_after and not probing else None
        for offset in range(start, end, _CHUNK):
            chunk = self._chunk(content, offset, min(offset + _CHUNK, end))
            if stall is not None and asked.sent >= stall:
                await asyncio.sleep(3600)
            if cut is not None and asked.sent + len(chunk) > cut:
                await response.write(chunk[: cut - asked.sent])
                asked.sent = cut
                assert request.transport is not None
                request.transport.close()
                return
            await response.write(chunk)
            asked.sent += len(chunk)
            if self.faults.bytes_per_second and not probing:
                await asyncio.sleep(len(chunk) / self.faults.bytes_per_second)

    def _chunk(self, content: bytes, start: int, end: int) -> bytes:
        chunk = content[start:end]
        at = self.faults.wrong_byte_at
        if at is not None and start <= at < end:
            chunk = chunk[: at - start] + bytes([chunk[at - start] ^ 255]) + chunk[at - start + 1 :]
        return chunk


@asynccontextmanager
async def running_hub() -> AsyncIterator[HubServer]:
    """A hub on two free ports of this machine."""
    server = HubServer()
    hub, mirror = web.Application(), web.Application()
    hub.router.add_get("/api/models", server.listing)
    hub.router.add_get("/api/models/{org}/{repo}", server.info)
    hub.router.add_get("/api/models/{org}/{repo}/revision/{revision}", server.info)
    hub.router.add_get("/{org}/{repo}/resolve/{revision}/{path:.+}", server.resolve)
    mirror.router.add_get("/hop/{left}", server.hop)
    mirror.router.add_get("/{path:.+}", server.mirror)
    runners = [web.AppRunner(app, access_log=None, shutdown_timeout=0.01) for app in (hub, mirror)]
    try:
        server.url, server.mirror_url = [await _listen(runner) for runner in runners]
        yield server
    finally:
        for runner in runners:
            await runner.cleanup()


async def _listen(runner: web.AppRunner) -> str:
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


def _asked(request: web.Request) -> Asked:
    header = request.headers.get
    return Asked(request.path, header("Range"), header("Authorization"), header("If-Range"))


def _error(status: int, code: str) -> web.Response:
    return web.Response(status=status, headers={"X-Error-Code": code} if code else {})


def _git_sha1(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
