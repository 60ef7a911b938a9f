"""Names of what is on a hub, and the checks that let the rest of the room use parts of them as file names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, cast
from urllib.parse import SplitResult, unquote

import msgspec

from ..errors import InvalidOptionsError
from .gguf.ggml_types import QUANTIZATIONS

Site = Literal["hf", "ms"]
"""Which hub: Hugging Face or ModelScope."""
SITES: tuple[Site, ...] = ("hf", "ms")

DEFAULT_REVISION = "main"
DEFAULT_REVISIONS: dict[Site, str] = {"hf": DEFAULT_REVISION, "ms": "master"}
HUB_HOSTS: dict[str, Site] = {
    "huggingface.co": "hf",
    "www.huggingface.co": "hf",
    "hf.co": "hf",
    "modelscope.cn": "ms",
    "www.modelscope.cn": "ms",
    "modelscope.ai": "ms",
    "www.modelscope.ai": "ms",
}
HUB_PREFIX = re.compile(
    r"(?P<scheme>hf|huggingface|ms|modelscope):(//)?|(?P<host>hf\.co|huggingface\.co|modelscope\.cn)/", re.IGNORECASE
)

_REPO_PART = re.compile(r"\w(?:\w|[.-](?=\w)){0,95}", re.ASCII)
_PAGE = re.compile(r"(?:resolve|blob|raw|tree|file/view)/([^/]+)(?:/(.+))?")
_TAG = re.compile(r"[\w.-]{1,64}", re.ASCII)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_PAGE_WITHOUT_FILE = re.compile(r"/(?:summary|files|feedback)$")


class HubName(msgspec.Struct, frozen=True):
    """A file of a hub's repository, named by `file` or chosen by `quantization`."""

    repo: str
    file: str | None = None
    quantization: str | None = None
    revision: str = DEFAULT_REVISION
    site: Site = "hf"

    def __str__(self) -> str:
        chosen = f"/{self.file}" if self.file else f":{self.quantization}" if self.quantization else ""
        elsewhere = "" if self.revision == DEFAULT_REVISIONS[self.site] else f"#{self.revision}"
        return f"{self.whole}{chosen}{elsewhere}"

    @property
    def whole(self) -> str:
        """The name of the repository alone."""
        return f"{self.site}:{self.repo}"


def hub_repository(repo: str, site: Site = "hf") -> HubName:
    """The name of a repository as it is now."""
    return HubName(repo, revision=DEFAULT_REVISIONS[site], site=site)


def site_of(prefix: re.Match[str]) -> Site:
    """The hub that a name's prefix means."""
    if host := prefix["host"]:
        return HUB_HOSTS[host.lower()]
    return "ms" if prefix["scheme"].lower() in ("ms", "modelscope") else "hf"


def check_file_path(path: str, shown: str | None = None) -> str:
    """Return `path`, a relative path with `/`; raises InvalidOptionsError when any system could misread it."""
    shown = shown or path
    parts = path.split("/")
    if not path or len(path) > 1024:
        raise refused(shown[:200], "the file path is empty or too long")
    for part in parts:
        reason = _unsafe_part(part)
        if reason:
            raise refused(shown, reason)
    return path


def _unsafe_part(part: str) -> str | None:
    if part in ("", ".", ".."):
        return "its file path has empty or dotted parts"
    if len(part.encode(errors="replace")) > 255:
        return "a part of its file path is longer than 255 bytes"
    if _UNSAFE.search(part) or part.startswith("~") or part.endswith((".", " ")):
        return "its file path has characters that are not safe in file names"
    return "its file path has the name of a device" if _DEVICE.fullmatch(part) else None


def refused(shown: str, reason: str) -> InvalidOptionsError:
    """The error for what cannot name a model."""
    return InvalidOptionsError(f"{shown!r} cannot name a model: {reason}.", path="model")


def parse_hub(site: Site, rest: str, shown: str, decode: Callable[[str], str] = str) -> HubName:
    """What follows the prefix of a hub; raises InvalidOptionsError."""
    rest, _, revision = rest.partition("#")
    parts = rest.strip("/").split("/", 2)
    if len(parts) == 3:
        return _parse_file(site, "/".join(parts[:2]), parts[2], revision, shown, decode)
    repo, _, tag = "/".join(parts).partition(":")
    return hub_name(site, repo, None, tag, revision, shown)


def _parse_file(site: Site, repo: str, path: str, revision: str, shown: str, decode: Callable[[str], str]) -> HubName:
    link = _PAGE.fullmatch(path)
    if link is None:
        return hub_name(site, repo, decode(path), None, revision, shown)
    return hub_name(site, repo, link[2] and decode(link[2]), None, decode(link[1]), shown)


def hub_name(site: Site, repo: str, file: str | None, tag: str | None, revision: str | None, shown: str) -> HubName:
    """The name that these parts make up; raises InvalidOptionsError."""
    parts = repo.split("/")
    if len(parts) != 2 or not all(_REPO_PART.fullmatch(part) for part in parts) or "--" in repo:
        hub = "ModelScope" if site == "ms" else "Hugging Face"
        raise refused(shown, f"a {hub} name looks like {site}:org/repo or {site}:org/repo:Q4_K_M")
    if file is not None and not check_file_path(file, shown).lower().endswith(".gguf"):
        raise refused(shown, "the file does not end in .gguf")
    checked = check_file_path(revision or DEFAULT_REVISIONS[site], shown)
    return HubName(repo, file, _tag(tag, shown), checked, site)


def _tag(tag: str | None, shown: str) -> str | None:
    if not tag or tag.lower() == "latest":
        return None
    if not _TAG.fullmatch(tag):
        raise refused(shown, "the quantization has characters that none has")
    return tag.upper() if tag.upper() in QUANTIZATIONS else tag


def parse_hub_link(parts: SplitResult, shown: str) -> HubName:
    """What the address of a page of a hub means; raises InvalidOptionsError."""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    site = HUB_HOSTS[cast(str, parts.hostname)]
    path = parts.path.strip("/")
    if site == "ms":
        path = _PAGE_WITHOUT_FILE.sub("", path.removeprefix("models/"))
    return parse_hub(site, path + fragment, shown, unquote)
