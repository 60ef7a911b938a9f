"""Model names: what a user may write, parsed and checked once, into one of four kinds.

    builtin                                   the model inside the package
    models/a.gguf, ~/a.gguf, C:\\a.gguf        a file
    https://host/path/a.gguf                  a file on a web server
    hf:org/repo                               a Hugging Face repository, default quantization
    hf:org/repo:Q8_0                          ... that quantization
    hf:org/repo/path/a.gguf#revision          ... that file, at that branch, tag or commit
    ms:org/repo                               the same of ModelScope

`hf://`, `huggingface:`, `hf.co/`, `huggingface.co/` and links to the hub's pages mean the same as `hf:`; `ms://`,
`modelscope:`, `modelscope.cn/` and links to ModelScope's pages the same as `ms:`. Whatever is hostile (`..`, absolute
paths inside a repository, device names, control characters) is refused here, so the rest of the room may use the parts
of a name as file names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from ..options.plain import check_texts, expanded, is_unicode
from .hub_names import (
    DEFAULT_REVISION,
    HUB_HOSTS,
    HUB_PREFIX,
    HubName,
    check_file_path,
    hub_name,
    parse_hub,
    parse_hub_link,
    refused,
    site_of,
)

__all__ = [
    "DEFAULT_REVISION",
    "BuiltinName",
    "FileName",
    "HubName",
    "ModelName",
    "UrlName",
    "check_file_path",
    "parse_model_name",
]

_BLANK_END = re.compile(r"[\s/]+$")  # `Path` drops a slash, and a blank before it would be left
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:(?=//)|(docker|ollama|s3|ftp|data):", re.IGNORECASE)
_NOT_A_PATH = re.compile(rf"builtin$|~|https?:|{HUB_PREFIX.pattern}|{_SCHEME.pattern}", re.IGNORECASE)


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
    raise refused(repr(value), "it is neither a text nor a path")


def _parse_mapping(value: Mapping[str, Any]) -> ModelName:
    if "repo" in value:
        return _parse_repo(value)
    for key in ("modelId", "modelPath", "modelUri", "modelUrl", "url", "name"):
        if key in value and not isinstance(value[key], Mapping):
            return parse_model_name(value[key])
    raise refused(str(dict(value)), 'it has neither "repo" nor "modelId" nor "url"')


def _parse_repo(value: Mapping[str, Any]) -> HubName:
    fields = {key: value.get(key) for key in ("repo", "file", "quantization", "revision")}
    if not all(field is None or isinstance(field, str) for field in fields.values()):
        raise refused(str(dict(value)), "repo, file, quantization and revision must be texts")
    repo = fields["repo"] or ""
    prefix = HUB_PREFIX.match(repo)
    return hub_name(
        site_of(prefix) if prefix else "hf",
        repo[prefix.end() :] if prefix else repo,
        fields["file"],
        fields["quantization"],
        fields["revision"],
        shown=str(dict(value)),
    )


def _parse_text(text: str) -> ModelName:
    if not is_unicode(text):
        return _parse_path(text)
    if not text or "\x00" in text:
        raise refused(text, "it is empty or has a NUL character")
    if text == "builtin":
        return BuiltinName()
    prefix = HUB_PREFIX.match(text)
    if prefix:
        return parse_hub(site_of(prefix), text[prefix.end() :], text)
    if text.lower().startswith(("http://", "https://")):
        return _parse_url(text)
    if _SCHEME.match(text):
        raise refused(text, "models come from paths, http(s) URLs, hf: and ms: names")
    return _parse_path(_BLANK_END.sub("", text) or text)


def _parse_path(text: str) -> FileName:
    if not text or "\x00" in text:
        raise refused(text, "it is empty or has a NUL character")
    try:
        path = expanded(text)
    except OSError as error:
        raise refused(text, str(error.strerror)) from error
    if not is_unicode(str(path)):
        raise refused(text, "it is no Unicode text, which the engine could open; rename the file or its folder")
    return FileName(path)


def _parse_url(text: str) -> ModelName:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise refused(text, "it is not a valid URL") from error
    if not host or parts.username is not None:
        raise refused(text, "a URL needs a host and must not carry a password")
    if host in HUB_HOSTS:
        return parse_hub_link(parts, text)
    path = unquote(parts.path).lstrip("/")
    if not path.lower().endswith(".gguf"):
        raise refused(text, "the URL does not lead to a .gguf file")
    folder = re.sub(r"[^\w.-]", "_", host) + (f"_{port}" if port else "")
    if parts.query:
        import hashlib  # with OpenSSL, which most programs that load a model do not need yet

        folder += "/query-" + hashlib.sha256(parts.query.encode()).hexdigest()[:12]
    return UrlName(parts._replace(fragment="").geturl(), check_file_path(f"{folder}/{path}", text))
