"""HTTP as downloads need it: ranges, redirects by hand, the token for one host only, refusals as typed errors."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Self

import aiohttp
import msgspec
from yarl import URL

from ..._version import __version__
from ...errors import DownloadError, GatedModelError, LlamaWorkerError, ModelNotFoundError
from .reach import Reach, is_private
from .resolver import ReachResolver
from .retry import RetryLater
from .trust import not_trusted, trusted_certificates

MAX_REDIRECTS = 10
_READ_BUFFER = 1 << 20
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_STALE_LOCATION = frozenset({401, 403, 404, 410})
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


class Offer(msgspec.Struct, frozen=True):
    """What a server has: the size in bytes, whether it serves ranges, and an ETag or date of the content."""

    size_bytes: int | None
    ranges: bool
    validator: str | None


class Fetcher:
    """One HTTP session. `credentials`, headers, are sent to the host of `endpoint` and to no other. `reach`: where it
    may lead, to `endpoint` beside that; default: everywhere."""

    def __init__(
        self,
        endpoint: str | None = None,
        credentials: Mapping[str, str] | None = None,
        stall_seconds: float = 30.0,
        reach: Reach | None = None,
    ) -> None:
        self._reach = reach.naming(endpoint) if reach and endpoint else reach
        self._origin = URL(endpoint).origin() if endpoint and credentials else None
        self._credentials = credentials or {}
        self._stall_seconds = stall_seconds
        self._locations: dict[str, URL] = {}
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=stall_seconds, sock_read=stall_seconds)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=ReachResolver(self._reach) if self._reach else None, ssl=trusted_certificates()
            ),
            timeout=timeout,
            trust_env=True,
            auto_decompress=False,
            read_bufsize=_READ_BUFFER,
            headers={"User-Agent": f"llama-worker/{__version__}", "Accept-Encoding": "identity"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._session.close()

    async def probe(self, url: str, name: str) -> Offer:
        """Ask for the first byte; raises RetryLater, DownloadError or ModelNotFoundError."""
        async with self.get(url, name, {"Range": "bytes=0-0"}) as response:
            content_range = parse_content_range(response)
            size = content_range[2] if content_range else response.content_length
            return Offer(size, content_range is not None, validator_of(response))

    @asynccontextmanager
    async def get(
        self, url: str, name: str, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The response to a GET, 200 or 206; connection failures in the body of the `with` are translated too."""
        try:
            response = await self._follow(url, name, headers or {})
            try:
                yield response
            finally:
                response.close() if not response.content.at_eof() else response.release()
        except TimeoutError as error:
            seconds = self._stall_seconds
            message = f"{_host(url)} sent nothing for {seconds:g} seconds; pull again to resume."
            raise RetryLater(DownloadError(message, reason="stalled", model=name)) from error
        except aiohttp.InvalidURL as error:
            raise DownloadError(f"{_host(url)} redirected to an invalid address.", reason="redirect") from error
        except aiohttp.ClientConnectorCertificateError as error:
            raise not_trusted(_host(url), _certificate_reason(error)) from error
        except (aiohttp.ClientError, ConnectionError) as error:
            message = f"The connection to {_host(url)} failed ({_reason(error)}); pull again to resume."
            raise RetryLater(DownloadError(message, reason="network", model=name)) from error

    async def _follow(self, url: str, name: str, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        known = self._locations.get(url)
        if known is not None:
            response = await self._request(known, headers)
            if response.status not in _STALE_LOCATION | _REDIRECTS:
                return await _accepted(response, url, name)
            response.close()
            del self._locations[url]
        location = URL(url, encoded=url.isascii() and " " not in url)  # signed addresses must stay as they are
        for _ in range(MAX_REDIRECTS + 1):
            response = await self._request(location, headers)
            if response.status not in _REDIRECTS:
                self._locations[url] = location
                return await _accepted(response, url, name)
            response.close()
            location = next_location(location, response.headers.get("Location", ""))
        raise DownloadError(f"{_host(url)} redirected more than {MAX_REDIRECTS} times.", reason="redirect", model=name)

    async def _request(self, location: URL, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        if self._reach is not None:
            self._reach.check_location(location)
        if self._origin is not None and location.origin() == self._origin:
            headers = {**headers, **self._credentials}
        return await self._session.get(location, headers=headers, allow_redirects=False)


def next_location(current: URL, header: str) -> URL:
    """Where a redirect leads; raises DownloadError when following it is not safe."""
    try:
        target = current.join(URL(header, encoded=True))
    except ValueError as error:
        raise DownloadError(f"{current.host} redirected to an invalid address.", reason="redirect") from error
    unsafe = None
    if target.scheme not in ("http", "https") or not target.host or not header:
        unsafe = "an address that is not on the web"
    elif current.scheme == "https" and target.scheme == "http":
        unsafe = "an unencrypted address"
    elif is_private(target.host) and not is_private(current.host or ""):
        unsafe = "an address inside this network"
    if unsafe:
        raise DownloadError(f"{current.host} redirected to {unsafe}; that is refused.", reason="redirect")
    return target


def validator_of(response: aiohttp.ClientResponse) -> str | None:
    """What identifies the bytes that are answered: the ETag, else the date of the last change.

    A weak ETag (`W/...`) stands for the meaning of a file, not for its bytes, so it does not count.
    """
    etag = response.headers.get("ETag", "")
    return etag if etag.startswith('"') else response.headers.get("Last-Modified")


def parse_content_range(response: aiohttp.ClientResponse) -> tuple[int, int, int] | None:
    """First byte, last byte and total size of a 206; None for other answers."""
    match = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    return (int(match[1]), int(match[2]), int(match[3])) if match and response.status == 206 else None


async def _accepted(response: aiohttp.ClientResponse, url: str, name: str) -> aiohttp.ClientResponse:
    if response.status in (200, 206):
        return response
    retry_after = response.headers.get("Retry-After", "")
    response.close()
    page = url.partition("/resolve/")[0]
    gated = response.headers.get("X-Error-Code") == "GatedRepo"
    error = refusal(response.status, name, _host(url), gate=page if gated else None)
    if isinstance(error, DownloadError) and error.reason in ("rate_limited", "server"):
        raise RetryLater(error, float(retry_after) if retry_after.isdecimal() else None)
    raise error


def refusal(status: int, name: str, host: str, *, gate: str | None = None) -> LlamaWorkerError:
    """What an HTTP status means for someone who wants a model; `gate` is the page where its terms are accepted."""
    if gate is not None:
        return _gated(status, name, host, gate)
    if status in (404, 410):
        return ModelNotFoundError(f"{name} does not exist on {host}.", model=name)
    sentences = {
        401: f"{name} does not exist on {host} or needs a login; set HF_TOKEN to a token that may read it.",
        403: f"{host} does not let you read {name}; accept its licence there, or set HF_TOKEN to another token.",
        429: f"{host} allows no more requests for now; wait some minutes and pull again to resume.",
        416: f"{name} on {host} has become shorter than it was; pull again.",
    }
    reasons = {401: "unauthorized", 403: "unauthorized", 429: "rate_limited"}
    sentence = sentences.get(status, f"{host} answered {status} for {name}; pull again later to resume.")
    reason = reasons.get(status, "server" if status >= 500 or status in (408, 416, 425) else None)
    return DownloadError(sentence, reason=reason, status=status, model=name)


def _gated(status: int, name: str, host: str, page: str) -> GatedModelError:
    if status == 401:
        whose = f"then set HF_TOKEN to a token of that account ({host}/settings/tokens) or run `hf auth login`"
        message = f"{name} is gated: accept its licence at {page}, {whose}."
    else:
        whose = "with the account of your token, or set HF_TOKEN to a token of one that has"
        message = f"{name} is gated, and your token may not read it: accept its licence at {page} {whose}."
    return GatedModelError(message, page=page, reason="unauthorized", status=status, model=name)


def _host(url: str) -> str:
    return URL(url).host or url


def _certificate_reason(error: aiohttp.ClientConnectorCertificateError) -> str:
    return getattr(error.certificate_error, "verify_message", "") or str(error.certificate_error)


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
