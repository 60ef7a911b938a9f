"""Hugging Face, and mirrors of it, asked through the hub's own client.

The client takes 0.2 seconds to import, so it is imported inside the functions that block anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from ...errors import DownloadError, InvalidOptionsError, ModelNotFoundError
from ..download.fetcher import refusal
from ..download.retry import RetryLater, TransferSettings
from ..download.trust import not_trusted
from ..names import HubName, check_file_path
from .json_api import ask_json, unreachable
from .repository import HubFacts, HubFile, HubRepository, checked_hex
from .sites import Hub, endpoint

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


async def search(text: str, limit: int, settings: TransferSettings | None) -> list[str]:
    """Repositories with GGUF files, "org/repo", the most downloaded first. Raises DownloadError."""
    return await _listed(limit, {"search": text, "filter": "gguf"} if text else {"filter": "gguf"}, settings)


async def quantized_from(repo: str, limit: int, settings: TransferSettings | None) -> list[str]:
    """Repositories with GGUF files that say they were quantized from `repo`; as `search`."""
    return await _listed(limit, {"filter": ["gguf", f"base_model:quantized:{repo}"]}, settings)


async def _listed(limit: int, wanted: dict[str, Any], settings: TransferSettings | None) -> list[str]:
    """Not by the hub's client, which repeats for a minute, telling the terminal, what cannot be reached."""
    query = wanted | {"sort": "downloads", "limit": limit}
    try:
        told = await ask_json("hf", "/api/models", query, "a list of models", settings)
        return [str(model["id"]) for model in told][:limit]
    except ModelNotFoundError as error:
        message = f"{endpoint('hf')} cannot be searched: it is a mirror without that."
        raise DownloadError(message, reason="server") from error
    except (TypeError, KeyError) as error:
        raise DownloadError(f"{endpoint('hf')} answered with no list of models.", reason="server") from error


def _asked(ask: Callable[[HfApi], Any], hub: Hub, name: HubName) -> Any:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return ask(HfApi(endpoint=hub.endpoint, token=hub.token or False, library_name="llama-worker"))
    except HfHubHTTPError as error:
        _raise_refusal(error, name, hub)
    except Exception as error:  # the transport errors of the hub's client have no public base class
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise not_trusted(hub.endpoint, str(error)) from error
        raise RetryLater(unreachable(hub, str(error))) from error


def _raise_refusal(error: HfHubHTTPError, name: HubName, hub: Hub) -> NoReturn:
    from huggingface_hub.errors import RevisionNotFoundError

    status, host = error.response.status_code, hub.endpoint.partition("://")[2]
    if isinstance(error, RevisionNotFoundError):
        message = f"{name} does not exist: {name.whole} has no branch, tag or commit {name.revision!r}."
        raise ModelNotFoundError(message, model=str(name)) from error
    gate = hub.page(name.repo) if error.response.headers.get("X-Error-Code") == "GatedRepo" else None
    refused = refusal(status, str(name), host, gate=gate)
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
