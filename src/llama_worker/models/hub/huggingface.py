"""Hugging Face, and mirrors of it, asked through the hub's own client.

The client takes 0.2 seconds to import, so it is imported inside the functions that block anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from ...errors import DownloadError, InvalidOptionsError, ModelNotFoundError
from ..download.fetcher import refusal
from ..download.retry import RetryLater
from ..names import HubName, check_file_path
from .repository import HubFacts, HubFile, HubRepository
from .sites import Hub

if TYPE_CHECKING:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError
    from huggingface_hub.hf_api import ModelInfo, RepoSibling

_TIMEOUT_SECONDS = 15.0


def read_repository(name: HubName, hub: Hub) -> HubRepository:
    """What the repository of `name` has; blocks, so call it in a thread.

    Raises ModelNotFoundError, DownloadError, or RetryLater when asking again may help.
    """
    info: ModelInfo = _asked(
        lambda api: api.model_info(name.repo, revision=name.revision, files_metadata=True, timeout=_TIMEOUT_SECONDS),
        hub,
        name,
    )
    if not info.sha:
        raise DownloadError(f"The hub did not tell the commit of {name}.", reason="server", model=str(name))
    files = filter(None, map(_hub_file, info.siblings or []))
    return HubRepository(name, info.sha, tuple(files), hub, _facts(info))


def search(hub: Hub, text: str, limit: int) -> list[str]:
    """Repositories with GGUF files, "org/repo", the most downloaded first; blocks, raises as `read_repository`."""
    return _listed(hub, limit, search=text or None, filter="gguf")


def quantized_from(hub: Hub, repo: str, limit: int) -> list[str]:
    """Repositories with GGUF files that say they were quantized from `repo`; as `search`."""
    return _listed(hub, limit, filter=["gguf", f"base_model:quantized:{repo}"])


def _listed(hub: Hub, limit: int, **wanted: Any) -> list[str]:
    found = _asked(lambda api: list(api.list_models(sort="downloads", limit=limit, **wanted)), hub)
    return [info.id for info in found]


def _asked(ask: Callable[[HfApi], Any], hub: Hub, name: HubName | None = None) -> Any:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return ask(HfApi(endpoint=hub.endpoint, token=hub.token or False, library_name="llama-worker"))
    except HfHubHTTPError as error:
        _raise_refusal(error, name, hub)
    except Exception as error:  # the transport errors of the hub's client have no public base class
        message = f"{hub.endpoint} cannot be reached ({error}); check the connection, the proxy or HF_ENDPOINT."
        raise RetryLater(DownloadError(message, reason="network", model=name and str(name))) from error


def _raise_refusal(error: HfHubHTTPError, name: HubName | None, hub: Hub) -> NoReturn:
    from huggingface_hub.errors import RevisionNotFoundError

    status, host = error.response.status_code, hub.endpoint.partition("://")[2]
    if isinstance(error, RevisionNotFoundError) and name:
        message = f"{name} does not exist: {name.whole} has no branch, tag or commit {name.revision!r}."
        raise ModelNotFoundError(message, model=str(name)) from error
    if name is None and status == 404:
        raise DownloadError(f"{host} cannot be searched: it is a mirror without that.", status=status) from error
    gate = hub.page(name.repo) if name and error.response.headers.get("X-Error-Code") == "GatedRepo" else None
    refused = refusal(status, str(name or "a search"), host, gate=gate)
    if isinstance(refused, DownloadError) and refused.reason in ("rate_limited", "server"):
        after = error.response.headers.get("Retry-After", "")
        raise RetryLater(refused, float(after) if after.isdecimal() else None) from error
    raise refused from error


def _hub_file(sibling: RepoSibling) -> HubFile | None:
    """A file with a safe name and a digest; others are not offered at all."""
    try:
        path = check_file_path(sibling.rfilename)
    except InvalidOptionsError:
        return None
    if sibling.lfs is not None:
        return HubFile(path, sibling.lfs.size, f"sha256:{checked_hex(sibling.lfs.sha256, 64)}")
    if sibling.blob_id is None or sibling.size is None:
        return None
    return HubFile(path, sibling.size, f"git-sha1:{checked_hex(sibling.blob_id, 40)}")


def checked_hex(digest: str, length: int) -> str:
    """The digest becomes a file name, so nothing but hexadecimal digits will do."""
    if len(digest) != length or set(digest) - set("0123456789abcdef"):
        raise DownloadError("The hub answered with a digest that is none.", reason="server")
    return digest


def _facts(info: ModelInfo) -> HubFacts:
    tags, gguf = info.tags or [], info.gguf or {}
    return HubFacts(
        license=next((tag.removeprefix("license:") for tag in tags if tag.startswith("license:")), None),
        downloads=info.downloads,
        likes=info.likes,
        last_modified=info.last_modified.isoformat() if info.last_modified else None,
        gated=bool(info.gated),
        base_models=_base_models(tags),
        architecture=gguf.get("architecture"),
        parameters=gguf.get("total"),
        context_length=gguf.get("context_length"),
    )


def _base_models(tags: list[str]) -> tuple[str, ...]:
    """The tags name each base model alone, and once more with how it was used: "base_model:quantized:org/repo"."""
    named = [tag.rpartition(":")[2] for tag in tags if tag.startswith("base_model:")]
    return tuple(dict.fromkeys(named))
