"""Questions about a folder of texts: found by words and by meaning, ranked, answered, with the sources named.

python rag.py FOLDER [QUESTION] [--model MODEL] [--embedder MODEL] [--reranker MODEL]
"""

from __future__ import annotations

import argparse
import re
import sqlite3
import sys
from array import array
from collections.abc import Iterator, Sequence
from operator import mul
from pathlib import Path
from typing import NamedTuple

from llama_worker import errors
from llama_worker.sync import LlamaWorker, Model

SUFFIXES = {".md", ".txt", ".rst"}
LONGEST = 900  # characters of a passage: some 200 tokens
CANDIDATES, CITED = 24, 4
SCHEMA = """
CREATE TABLE IF NOT EXISTS embedder (name TEXT);
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, version TEXT);
CREATE TABLE IF NOT EXISTS passages (id INTEGER PRIMARY KEY, path TEXT, line INTEGER, text TEXT, vector BLOB);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text, content='passages', content_rowid='id');
"""
INSTRUCTIONS = "Answer from the numbered passages alone, in a few sentences, and name their numbers like [1]."


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


def ranked(reranker: Model | None, question: str, found: Sequence[Passage]) -> list[Passage]:
    """The best of what was found: a reranker reads each with the question, which vectors cannot."""
    if reranker is None or not found:
        return list(found[:CITED])
    best = reranker.rerank(question, [passage.text for passage in found], top_n=CITED, truncate=True)
    return [found[one.index] for one in best]


def answer(model: Model, question: str, sources: Sequence[Passage]) -> None:
    """Print an answer as it comes, and what it is from. Ctrl-C stops it, in the engine too."""
    passages = "\n\n".join(f"[{number}] {one.text}" for number, one in enumerate(sources, 1))
    prompt = f"{INSTRUCTIONS}\n\n{passages}\n\nQuestion: {question}" if sources else question
    try:
        for text in model.chat([{"role": "user", "content": prompt}], temperature=0, max_tokens=500):
            print(text, end="", flush=True)
    except KeyboardInterrupt:
        print(" (stopped)", end="")
    print("\n")
    for number, one in enumerate(sources, 1):
        print(f"[{number}] {one.path}:{one.line}  {one.text.splitlines()[0][:60]}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("question", nargs="?", help="without one, questions are read line by line")
    parser.add_argument("--model", default="builtin", help="writes the answers")
    parser.add_argument("--embedder", default="builtin", help="finds what belongs to a question")
    parser.add_argument("--reranker", help="chooses among what was found")
    parser.add_argument("--index", type=Path, default=Path("index.db"))
    given = parser.parse_args(arguments)
    try:
        with LlamaWorker() as worker:
            embedder = worker.load_model(given.embedder)
            model = embedder if given.model == given.embedder else worker.load_model(given.model)
            reranker = worker.load_model(given.reranker) if given.reranker else None
            index = Index(given.index, embedder)
            print(f"{len(index.update(given.folder))} files are new, changed or gone.", file=sys.stderr)
            for question in [given.question] if given.question else map(str.strip, sys.stdin):
                answer(model, question, ranked(reranker, question, index.search(question)))
            index.close()
    except (errors.LlamaWorkerError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
