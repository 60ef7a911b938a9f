"""What a Hugging Face repository has, asked through the hub's own client.

The client takes 0.2 seconds to import, so it is imported inside the functions that block anyway.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import quote

import msgspec

from ...errors import DownloadError, InvalidOptionsError, ModelNotFoundError
from ..names import HubName, check_file_path
from ..store.choose import choose_model, choose_projector, is_gguf, parts_of
from .fetcher import refusal
from .retry import RetryLater

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError
    from huggingface_hub.hf_api import ModelInfo, RepoSibling

_METADATA_TIMEOUT_SECONDS = 15.0
_TRUE = frozenset({"1", "on", "yes", "true"})


class HubFile(msgspec.Struct, frozen=True):
    """One file of a repository. `digest` is "sha256:..." or, for small files, "git-sha1:..."."""

    path: str
    size_bytes: int
    digest: str

    @property
    def blob(self) -> str:
        """The name of the bytes in the cache."""
        return self.digest.partition(":")[2]


class HubModel(msgspec.Struct, frozen=True):
    """What a name means at this moment: the commit, and the files to fetch from it, the model's first part first."""

    name: HubName
    commit: str
    files: tuple[HubFile, ...]
    endpoint: str
    token: str | None

    @property
    def part_count(self) -> int:
        """How many of the files are parts of the model itself; a projector follows them."""
        return len(parts_of(self.files[0].path))

    def url(self, file: HubFile) -> str:
        """Where the bytes of a file are fetched, pinned to the commit."""
        return f"{self.endpoint}/{self.name.repo}/resolve/{self.commit}/{quote(file.path)}"


def endpoint(environ: Mapping[str, str] | None = None) -> str:
    """The hub's address, without a slash at the end."""
    environ = os.environ if environ is None else environ
    chosen = environ.get("MODEL_ENDPOINT") or environ.get("HF_ENDPOINT") or "https://huggingface.co"
    return chosen.rstrip("/")


def is_offline(environ: Mapping[str, str] | None = None) -> bool:
    """Whether the user forbade the network."""
    environ = os.environ if environ is None else environ
    return environ.get("HF_HUB_OFFLINE", "").lower() in _TRUE


def _token() -> str | None:
    """The user's token: `HF_TOKEN`, or what `hf auth login` stored."""
    from huggingface_hub import get_token

    return get_token()


def find_model(name: HubName) -> HubModel:
    """Ask the hub what `name` means; blocks, so call it in a thread.

    Raises ModelNotFoundError, whose sentence lists what there is, DownloadError, or RetryLater when asking again
    may help.
    """
    address, secret = endpoint(), _token()
    info = _model_info(name, address, secret)
    files = [_hub_file(sibling) for sibling in info.siblings or [] if is_gguf(sibling.rfilename)]
    if not info.sha:
        raise DownloadError(f"The hub did not tell the commit of {name}.", reason="server", model=str(name))
    chosen = _choose(name, {file.path: file for file in files if file})
    return HubModel(name, info.sha, tuple(chosen), address, secret)


def _model_info(name: HubName, address: str, secret: str | None) -> ModelInfo:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    try:
        api = HfApi(endpoint=address, token=secret or False, library_name="llama-worker")
        return api.model_info(name.repo, revision=name.revision, files_metadata=True, timeout=_METADATA_TIMEOUT_SECONDS)
    except HfHubHTTPError as error:
        _raise_refusal(error, name, address)
    except Exception as error:  # the transport errors of the hub's client have no public base class
        message = f"{address} cannot be reached ({error}); check the connection, the proxy or HF_ENDPOINT."
        raise RetryLater(DownloadError(message, reason="network", model=str(name))) from error


def _raise_refusal(error: HfHubHTTPError, name: HubName, address: str) -> NoReturn:
    from huggingface_hub.errors import GatedRepoError, RevisionNotFoundError

    status, host = error.response.status_code, address.partition("://")[2]
    if isinstance(error, RevisionNotFoundError):
        message = f"{name} does not exist: hf:{name.repo} has no branch, tag or commit {name.revision!r}."
        raise ModelNotFoundError(message, model=str(name)) from error
    if isinstance(error, GatedRepoError):
        status = 403
    refused = refusal(status, str(name), host)
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
        return HubFile(path, sibling.lfs.size, f"sha256:{_hex(sibling.lfs.sha256, 64)}")
    if sibling.blob_id is None or sibling.size is None:
        return None
    return HubFile(path, sibling.size, f"git-sha1:{_hex(sibling.blob_id, 40)}")


def _hex(digest: str, length: int) -> str:
    """The digest becomes a file name, so nothing but hexadecimal digits will do."""
    if len(digest) != length or set(digest) - set("0123456789abcdef"):
        raise DownloadError("The hub answered with a digest that is none.", reason="server")
    return digest


def _choose(name: HubName, files: Mapping[str, HubFile]) -> list[HubFile]:
    chosen = name.file if name.file in files else None
    if name.file is None:
        chosen = choose_model(list(files), name.quantization)
    if chosen is None:
        raise ModelNotFoundError(_what_there_is(name, list(files)), model=str(name))
    missing = [part for part in parts_of(chosen) if part not in files]
    if missing:
        message = f"{name} is not whole on the hub: {missing[0]} is missing."
        raise ModelNotFoundError(message, model=str(name))
    projector = choose_projector(list(files), chosen)
    return [files[path] for path in (*parts_of(chosen), *([projector] if projector else []))]


def _what_there_is(name: HubName, files: list[str]) -> str:
    if not files:
        return f"hf:{name.repo} has no GGUF files; look for a repository whose name ends in -GGUF."
    wanted = name.file or name.quantization or "model"
    shown = ", ".join(files[:12]) + (", ..." if len(files) > 12 else "")
    return f"hf:{name.repo} has no {wanted}; it has {shown}."
