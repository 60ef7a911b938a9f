"""Where templates, vocabularies, tests of servers and the converter come from: the sources of the engine, as the
package index has them.

llama.cpp keeps the chat templates and the vocabularies of many models for tests of its own (MIT licence), and the
source distribution of xllamacpp has llama.cpp inside. It is fetched once, checked, and only these files are kept.
"""

from __future__ import annotations

import hashlib
import os
import ssl
import subprocess
import sys
import tarfile
import tempfile
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import urljoin
from urllib.request import urlopen

PACKAGE, VERSION = "xllamacpp", "2026.10.11549"
FILE_NAME = f"{PACKAGE}-{VERSION}.tar.gz"
SHA256 = "c17ee1163006f70726abb9f72137830818f3d8cb60bfc34cb232d08428eaa22b"
FOLDER = Path(__file__).parents[2] / ".families"
TEMPLATES, VOCABULARIES = FOLDER / "templates", FOLDER / "vocabularies"
_SERVER_TESTS_THERE = "tools/server/tests/"
SERVER_TESTS = FOLDER / "llama.cpp" / _SERVER_TESTS_THERE
"""As deep as they were, since they look for templates in `../../../models`."""
_TEMPLATES_THERE = FOLDER / "llama.cpp" / "models" / "templates"
_CONVERTER = ("convert_hf_to_gguf.py", "convert_lora_to_gguf.py", "conversion/", "gguf-py/gguf/")
_KEPT = f"{SHA256}: templates, vocabularies, server tests in their place, converter"
_READY = FOLDER / ".ready"
_PIECE = 1 << 20


def fetched() -> bool:
    """Whether templates and vocabularies of this version are there."""
    return _READY.is_file() and _READY.read_text() == _KEPT


def fetch() -> None:
    """Download the source distribution and keep what the laboratory needs of it, unless that is done.

    Raises RuntimeError when the package index does not have the file, or another one under its name.
    """
    if fetched():
        return
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / FILE_NAME
        download(PACKAGE, FILE_NAME, SHA256, archive)
        _keep(archive)
    if not _TEMPLATES_THERE.exists():
        _TEMPLATES_THERE.parent.mkdir(parents=True, exist_ok=True)
        _TEMPLATES_THERE.symlink_to(TEMPLATES, target_is_directory=True)
    _READY.write_text(_KEPT)


def download(package: str, file_name: str, sha256: str, target: Path) -> None:
    """Fetch a file of the package index, as pip was told to reach it.

    Raises RuntimeError when the index does not have the file, or another one under its name.
    """
    settings = _pip_settings()
    index = settings.get("index-url", "https://pypi.org/simple").rstrip("/")
    context = ssl.create_default_context(cafile=settings.get("cert") or None)
    page = f"{index}/{package}/"
    with urlopen(page, context=context) as answer:
        links = _Links()
        links.feed(answer.read().decode())
    if file_name not in links.addresses:
        raise RuntimeError(f"{page} does not have {file_name}.")
    digest = hashlib.sha256()
    with urlopen(urljoin(page, links.addresses[file_name]), context=context) as answer, target.open("wb") as file:
        while piece := answer.read(_PIECE):
            digest.update(piece)
            file.write(piece)
    if digest.hexdigest() != sha256:
        raise RuntimeError(f"{file_name} is not the file that was pinned: its SHA-256 is {digest.hexdigest()}.")


def _pip_settings() -> dict[str, str]:
    """What pip was told: its index and certificates are ours too. The environment comes last, as with pip."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    pairs = (line.partition("=") for line in lines)
    told = {key.rpartition(".")[2]: value.strip("'\"") for key, _, value in pairs}
    environment = {"index-url": os.environ.get("PIP_INDEX_URL"), "cert": os.environ.get("PIP_CERT")}
    return told | {key: value for key, value in environment.items() if value}


class _Links(HTMLParser):
    """The files on a page of a package index: their addresses by name."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: dict[str, str] = {}
        self._address: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._address = dict(attrs).get("href") if tag == "a" else None

    def handle_data(self, data: str) -> None:
        if self._address:
            self.addresses[data.strip()] = self._address
            self._address = None


def _keep(archive: Path) -> None:
    with tarfile.open(archive) as sources:
        for member in sources:
            target = _target(PurePosixPath(member.name))
            content = sources.extractfile(member) if target and member.isfile() else None
            if target and content:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())


def _target(path: PurePosixPath) -> Path | None:
    """Where a file of the archive is kept, None for nowhere."""
    if path.parent.match("llama.cpp/models/templates") and path.suffix == ".jinja":
        return TEMPLATES / path.name
    if path.parent.match("llama.cpp/models") and path.match("ggml-vocab-*.gguf"):
        return VOCABULARIES / path.name.removeprefix("ggml-vocab-")
    _, _, of_llama_cpp = str(path).partition("thirdparty/llama.cpp/")
    if of_llama_cpp.startswith(_CONVERTER) and path.suffix == ".py":
        return FOLDER / "llama.cpp" / of_llama_cpp
    _, there, inside = str(path).partition(_SERVER_TESTS_THERE)
    return SERVER_TESTS / inside if there and path.suffix in (".py", ".ini") else None
