"""The texts of a folder in one SQLite file, found by words and by meaning."""

from __future__ import annotations

import re
import sqlite3
from array import array
from collections.abc import Iterator
from operator import mul
from pathlib import Path
from typing import NamedTuple

from llama_worker.sync import Model

SUFFIXES = {".md", ".txt", ".rst"}
LONGEST = 900  # characters of a passage: some 200 tokens
CANDIDATES = 24
SCHEMA = """
CREATE TABLE IF NOT EXISTS embedder (name TEXT);
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, version TEXT);
CREATE TABLE IF NOT EXISTS passages (id INTEGER PRIMARY KEY, path TEXT, line INTEGER, text TEXT, vector BLOB);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text, content='passages', content_rowid='id');
"""


class Passage(NamedTuple):
    id: int
    path: str
    line: int
    text: str


def passages_of(text: str) -> Iterator[tuple[int, str]]:
    """Paragraphs, joined up to the longest length, each with the line that it begins at."""
    kept, line = "", 1
    for paragraph in re.finditer(r"(?:[^\n]+\n?)+", text):
        for start in range(0, len(paragraph[0]), LONGEST):
            piece = paragraph[0][start : start + LONGEST]
            if kept and len(kept) + len(piece) > LONGEST:
                yield line, kept.strip()
                kept = ""
            if not kept:
                line = text.count("\n", 0, paragraph.start() + start) + 1
            kept += piece + "\n"
    if kept.strip():
        yield line, kept.strip()


class Index:
    """What stands in a folder, in one SQLite file; only what has changed is read again."""

    def __init__(self, file: Path, embedder: Model) -> None:
        self._embedder = embedder
        self._db = sqlite3.connect(file)
        self._db.executescript(SCHEMA)
        if self._db.execute("SELECT name FROM embedder").fetchone() != (embedder.name,):  # vectors of another model
            self._db.executescript("DELETE FROM embedder; DELETE FROM files")
            self._db.execute("INSERT INTO embedder VALUES (?)", (embedder.name,))

    def close(self) -> None:
        self._db.close()

    def update(self, folder: Path) -> list[str]:
        """Bring the index up to date, and give the files that were read or are gone. Interrupted, it goes on later."""
        files = {str(path): path.stat() for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES}
        wanted = {path: f"{stat.st_mtime_ns} {stat.st_size}" for path, stat in files.items()}
        present = dict(self._db.execute("SELECT path, version FROM files"))
        changed = [path for path in wanted | present if wanted.get(path) != present.get(path)]
        for path in changed:
            self._replace(path, wanted.get(path))
        return changed

    def _replace(self, path: str, version: str | None) -> None:
        passages = list(passages_of(Path(path).read_text("utf-8", "replace"))) if version else []
        vectors = self._embedder.embed([text for _, text in passages], truncate=True)
        with self._db:  # the whole file or nothing of it
            old = self._db.execute("SELECT id, text FROM passages WHERE path = ?", (path,)).fetchall()
            self._db.executemany("INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)", old)
            self._db.execute("DELETE FROM passages WHERE path = ?", (path,))
            self._db.execute("DELETE FROM files WHERE path = ?", (path,))
            for (line, text), vector in zip(passages, vectors, strict=True):
                row = (path, line, text, array("f", vector).tobytes())
                added = self._db.execute("INSERT INTO passages (path, line, text, vector) VALUES (?, ?, ?, ?)", row)
                self._db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (added.lastrowid, text))
            if version:
                self._db.execute("INSERT INTO files VALUES (?, ?)", (path, version))

    def search(self, question: str) -> list[Passage]:
        """The passages that the words or the meaning of a question lead to, those of both first."""
        scores: dict[int, float] = {}
        for found in (self._by_words(question), self._by_meaning(question)):
            for place, id_ in enumerate(found[:CANDIDATES]):
                scores[id_] = scores.get(id_, 0) + 1 / (60 + place)  # reciprocal rank fusion
        best = sorted(scores, key=scores.__getitem__, reverse=True)[:CANDIDATES]
        select = "SELECT id, path, line, text FROM passages WHERE id = ?"
        return [Passage(*self._db.execute(select, (id_,)).fetchone()) for id_ in best]

    def _by_words(self, question: str) -> list[int]:
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", question))
        found = self._db.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank", (words or '""',))
        return [id_ for (id_,) in found]

    def _by_meaning(self, question: str) -> list[int]:
        """By the cosine with every vector, which does for some thousand passages; for more, take numpy."""
        asked = array("f", self._embedder.embed(question, truncate=True))
        scored = [
            (sum(map(mul, asked, array("f", vector))), id_)
            for id_, vector in self._db.execute("SELECT id, vector FROM passages")
        ]
        return [id_ for _, id_ in sorted(scored, reverse=True)]
