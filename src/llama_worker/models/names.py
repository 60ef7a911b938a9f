"""Model names: what a user may write, parsed and checked once, into one of four kinds.

    builtin                                   the model inside the package
    models/a.gguf, ~/a.gguf, C:\\a.gguf        a file
    https://host/path/a.gguf                  a file on a web server
    hf:org/repo                               a Hugging Face repository, default quantization
    hf:org/repo:Q8_0                          ... that quantization
    hf:org/repo/path/a.gguf#revision          ... that file, at that branch, tag or commit

`hf://`, `huggingface:`, `hf.co/`, `huggingface.co/` and links to the hub's pages mean the same as `hf:`. Whatever
is hostile (`..`, absolute paths inside a repository, device names, control characters) is refused here, so the rest
of the room may use the parts of a name as file names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from ..errors import InvalidOptionsError
from ..options.plain import check_texts, expanded, is_unicode
from .gguf.ggml_types import QUANTIZATIONS

DEFAULT_REVISION = "main"
HUB_HOSTS = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})

_BLANK_END = re.compile(r"[\s/]+$")  # `Path` drops a slash, and a blank before it would be left
_HUB_PREFIX = re.compile(r"(hf|huggingface):(//)?|(hf\.co|huggingface\.co)/", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:(?=//)|(docker|ollama|s3|ftp|data):", re.IGNORECASE)
_NOT_A_PATH = re.compile(rf"builtin$|~|https?:|{_HUB_PREFIX.pattern}|{_SCHEME.pattern}", re.IGNORECASE)
_REPO_PART = re.compile(r"\w(?:\w|[.-](?=\w)){0,95}", re.ASCII)
_PAGE = re.compile(r"(?:resolve|blob|raw|tree)/([^/]+)(?:/(.+))?")
_TAG = re.compile(r"[\w.-]{1,64}", re.ASCII)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


class BuiltinName(msgspec.Struct, frozen=True):
    """The model that comes with the package."""

    def __str__(self) -> str:
        return "builtin"


class FileName(msgspec.Struct, frozen=True):
    """A file on this machine; `path` is as written, with `~` expanded."""

    path: Path

    def __str__(self) -> str:
        text = str(self.path)
        return f"./{text}" if _NOT_A_PATH.match(text) else text


class UrlName(msgspec.Struct, frozen=True):
    """A file on a web server; `local_path` is its place under the folder for plain files."""

    url: str
    local_path: str

    def __str__(self) -> str:
        return self.url


class HubName(msgspec.Struct, frozen=True):
    """A file of a Hugging Face repository, named by `file` or chosen by `quantization`."""

    repo: str
    file: str | None = None
    quantization: str | None = None
    revision: str = DEFAULT_REVISION

    def __str__(self) -> str:
        chosen = f"/{self.file}" if self.file else f":{self.quantization}" if self.quantization else ""
        return f"hf:{self.repo}{chosen}" + ("" if self.revision == DEFAULT_REVISION else f"#{self.revision}")


ModelName = BuiltinName | FileName | UrlName | HubName
ModelReference = str | os.PathLike[str] | Mapping[str, Any]
"""What a user may call a model."""


def parse_model_name(value: str | os.PathLike[str] | Mapping[str, Any] | ModelName) -> ModelName:
    """Parse what a user or a message calls a model.

    A mapping is one of the seeds' forms: `{"repo", "file"}`, `{"modelId"}`, `{"modelPath"}`, `{"url"}`. Raises
    InvalidOptionsError when the name cannot mean a model or is not safe to use.
    """
    match value:
        case BuiltinName() | FileName() | UrlName() | HubName():
            return value
        case Mapping():
            check_texts(value, "model")
            return _parse_mapping(value)
        case os.PathLike():
            return _parse_path(os.fsdecode(value))
        case str():
            return _parse_text(value.strip())
    raise _refused(repr(value), "it is neither a text nor a path")


def check_file_path(path: str, shown: str | None = None) -> str:
    """Return `path`, a relative path with `/`; raises InvalidOptionsError when any system could misread it."""
    shown = shown or path
    parts = path.split("/")
    if not path or len(path) > 1024:
        raise _refused(shown[:200], "the file path is empty or too long")
    for part in parts:
        reason = _unsafe_part(part)
        if reason:
            raise _refused(shown, reason)
    return path


def _unsafe_part(part: str) -> str | None:
    if part in ("", ".", ".."):
        return "its file path has empty or dotted parts"
    if len(part.encode(errors="replace")) > 255:
        return "a part of its file path is longer than 255 bytes"
    if _UNSAFE.search(part) or part.startswith("~") or part.endswith((".", " ")):
        return "its file path has characters that are not safe in file names"
    return "its file path has the name of a device" if _DEVICE.fullmatch(part) else None


def _refused(shown: str, reason: str) -> InvalidOptionsError:
    return InvalidOptionsError(f"{shown!r} cannot name a model: {reason}.", path="model")


def _parse_mapping(value: Mapping[str, Any]) -> ModelName:
    if "repo" in value:
        return _parse_repo(value)
    for key in ("modelId", "modelPath", "modelUri", "modelUrl", "url", "name"):
        if key in value and not isinstance(value[key], Mapping):
            return parse_model_name(value[key])
    raise _refused(str(dict(value)), 'it has neither "repo" nor "modelId" nor "url"')


def _parse_repo(value: Mapping[str, Any]) -> HubName:
    fields = {key: value.get(key) for key in ("repo", "file", "quantization", "revision")}
    if not all(field is None or isinstance(field, str) for field in fields.values()):
        raise _refused(str(dict(value)), "repo, file, quantization and revision must be texts")
    return _hub_name(
        _HUB_PREFIX.sub("", fields["repo"] or "", count=1),
        fields["file"],
        fields["quantization"],
        fields["revision"],
        shown=str(dict(value)),
    )


def _parse_text(text: str) -> ModelName:
    if not is_unicode(text):
        return _parse_path(text)
    if not text or "\x00" in text:
        raise _refused(text, "it is empty or has a NUL character")
    if text == "builtin":
        return BuiltinName()
    prefix = _HUB_PREFIX.match(text)
    if prefix:
        return _parse_hub(text[prefix.end() :], text)
    if text.lower().startswith(("http://", "https://")):
        return _parse_url(text)
    if _SCHEME.match(text):
        raise _refused(text, "models come from paths, http(s) URLs and hf: names")
    return _parse_path(_BLANK_END.sub("", text) or text)


def _parse_path(text: str) -> FileName:
    if not text or "\x00" in text:
        raise _refused(text, "it is empty or has a NUL character")
    try:
        path = expanded(text)
    except OSError as error:
        raise _refused(text, str(error.strerror)) from error
    if not is_unicode(str(path)):
        raise _refused(text, "it is no Unicode text, which the engine could open; rename the file or its folder")
    return FileName(path)


def _parse_hub(rest: str, shown: str, decode: Callable[[str], str] = str) -> HubName:
    rest, _, revision = rest.partition("#")
    parts = rest.strip("/").split("/", 2)
    if len(parts) == 3:
        return _parse_hub_file("/".join(parts[:2]), parts[2], revision, shown, decode)
    repo, _, tag = "/".join(parts).partition(":")
    return _hub_name(repo, None, tag, revision, shown)


def _parse_hub_file(repo: str, path: str, revision: str, shown: str, decode: Callable[[str], str]) -> HubName:
    link = _PAGE.fullmatch(path)
    if link is None:
        return _hub_name(repo, decode(path), None, revision, shown)
    return _hub_name(repo, link[2] and decode(link[2]), None, decode(link[1]), shown)


def _hub_name(repo: str, file: str | None, tag: str | None, revision: str | None, shown: str) -> HubName:
    parts = repo.split("/")
    if len(parts) != 2 or not all(_REPO_PART.fullmatch(part) for part in parts) or "--" in repo:
        raise _refused(shown, "a Hugging Face name looks like hf:org/repo or hf:org/repo:Q4_K_M")
    if file is not None and not check_file_path(file, shown).lower().endswith(".gguf"):
        raise _refused(shown, "the file does not end in .gguf")
    return HubName(repo, file, _tag(tag, shown), check_file_path(revision or DEFAULT_REVISION, shown))


def _tag(tag: str | None, shown: str) -> str | None:
    if not tag or tag.lower() == "latest":
        return None
    if not _TAG.fullmatch(tag):
        raise _refused(shown, "the quantization has characters that none has")
    return tag.upper() if tag.upper() in QUANTIZATIONS else tag


def _parse_url(text: str) -> ModelName:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _refused(text, "it is not a valid URL") from error
    if not host or parts.username is not None:
        raise _refused(text, "a URL needs a host and must not carry a password")
    if host in HUB_HOSTS:
        return _parse_hub_link(parts, text)
    path = unquote(parts.path).lstrip("/")
    if not path.lower().endswith(".gguf"):
        raise _refused(text, "the URL does not lead to a .gguf file")
    folder = re.sub(r"[^\w.-]", "_", host) + (f"_{port}" if port else "")
    if parts.query:
        import hashlib  # with OpenSSL, which most programs that load a model do not need yet

        folder += "/query-" + hashlib.sha256(parts.query.encode()).hexdigest()[:12]
    return UrlName(parts._replace(fragment="").geturl(), check_file_path(f"{folder}/{path}", text))


def _parse_hub_link(parts: SplitResult, shown: str) -> HubName:
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return _parse_hub(parts.path.lstrip("/") + fragment, shown, unquote)
