"""The hubs by the prefix of their names: where each is, and what it is shown of its user."""

from __future__ import annotations

import os
from collections.abc import Mapping

from msgspec import Struct

from ...errors import DownloadError
from ..hub_names import Site

_ADDRESSES = {
    "hf": (("MODEL_ENDPOINT", "HF_ENDPOINT"), "https://huggingface.co"),
    "ms": (("MODELSCOPE_ENDPOINT",), "https://modelscope.cn"),
}
_TRUE = frozenset({"1", "on", "yes", "true"})


class Hub(Struct, frozen=True):
    """A hub as it is asked: `endpoint` without a slash at the end, and the user's token for it and for no other."""

    site: Site
    endpoint: str
    token: str | None = None

    @property
    def credentials(self) -> dict[str, str]:
        """The headers that show the token; older parts of ModelScope want it as a cookie."""
        if not self.token:
            return {}
        shown = {"Authorization": f"Bearer {self.token}"}
        return shown | {"Cookie": f"m_session_id={self.token}"} if self.site == "ms" else shown

    def page(self, repo: str) -> str:
        """The page of a repository, for people."""
        return f"{self.endpoint}/models/{repo}" if self.site == "ms" else f"{self.endpoint}/{repo}"


def hub_of(site: Site) -> Hub:
    """The hub as the environment has it; reads the file that `hf auth login` writes. Raises DownloadError for a mirror
    that is no address: no attempt would reach it."""
    if not endpoint(site).startswith(("https://", "http://")):
        message = f"{endpoint(site)!r} is no address of a hub: set {endpoint_variable(site)} to one, https://..."
        raise DownloadError(message)
    return Hub(site, endpoint(site), os.environ.get("MODELSCOPE_API_TOKEN") if site == "ms" else _hf_token())


def endpoint(site: Site = "hf", environ: Mapping[str, str] | None = None) -> str:
    """The address of a hub, or of the mirror that the environment names."""
    environ = os.environ if environ is None else environ
    variables, default = _ADDRESSES[site]
    return next(filter(None, map(environ.get, variables)), default).rstrip("/")


def endpoint_variable(site: Site) -> str:
    """The environment variable that names a mirror."""
    return _ADDRESSES[site][0][-1]


def is_offline(environ: Mapping[str, str] | None = None) -> bool:
    """Whether the user forbade the network."""
    environ = os.environ if environ is None else environ
    return environ.get("HF_HUB_OFFLINE", "").lower() in _TRUE


def _hf_token() -> str | None:
    """The user's token: `HF_TOKEN`, or what `hf auth login` stored."""
    from huggingface_hub import get_token

    return get_token()
