"""Builds Hugging Face cache folders the way the hub's own client does."""

from __future__ import annotations

import hashlib
from pathlib import Path

from llama_worker.models.store.cache import Repository
from tests.models import raw_gguf as raw

COMMIT = "c" * 40
OLDER = "b" * 40


def add(
    root: Path,
    repo: str,
    path: str,
    content: bytes | None = None,
    *,
    commit: str = COMMIT,
    ref: str | None = "main",
) -> Path:
    """Put one file into the cache and return the link to it."""
    repository = Repository(root, repo)
    content = raw.gguf() if content is None else content
    blob = raw.write(repository.blob(hashlib.sha256(content).hexdigest()), content)
    link = repository.snapshot(commit) / path
    link.parent.mkdir(parents=True, exist_ok=True)
    up = "../" * (2 + path.count("/"))
    link.symlink_to(f"{up}blobs/{blob.name}")
    if ref:
        raw.write(repository.folder / "refs" / ref, commit.encode())
    return link


def split(repo_root: Path, repo: str, prefix: str, count: int = 2) -> list[Path]:
    """A model in several files."""
    links = []
    for index in range(count):
        mark = [raw.u32("split.no", index), raw.u32("split.count", count)]
        keys = [*raw.model_keys(), *mark] if index == 0 else mark
        name = f"{prefix}-{index + 1:05d}-of-{count:05d}.gguf"
        links.append(add(repo_root, repo, name, raw.gguf(keys)))
    return links
