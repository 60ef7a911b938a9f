"""examples/rag: an index that follows its folder, a search by words and meaning, a reranker with the last word."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_worker.sync import LlamaWorker, Model
from tests.examples.environment import EXAMPLES
from tests.examples.load import load
from tests.worker.embedding.small_models import encoder

rag = load("rag", "rag")
index_module = load("rag", "index")
Index = index_module.Index


@pytest.fixture(scope="module")
def sync_worker() -> Iterator[LlamaWorker]:
    with LlamaWorker() as worker:
        yield worker


@pytest.fixture(scope="module")
def model(sync_worker: LlamaWorker) -> Model:
    return sync_worker.load_model("builtin")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLES / "rag" / "notes", tmp_path / "notes")
    return tmp_path / "notes"


def test_the_index_follows_the_folder(model: Model, folder: Path, tmp_path: Path) -> None:
    index = Index(tmp_path / "index.db", model)
    assert len(index.update(folder)) == 3
    assert index.update(folder) == []
    (folder / "files.md").unlink()
    changed = folder / "animals.txt"
    changed.write_text("A zebra has stripes.")
    os.utime(changed, ns=(1, 1))
    (folder / "sub").mkdir()
    (folder / "sub" / "new.md").write_text("An aardvark digs.")
    (folder / "picture.png").write_bytes(b"no text")
    assert sorted(Path(path).name for path in index.update(folder)) == ["animals.txt", "files.md", "new.md"]
    index.close()
    index = Index(tmp_path / "index.db", model)
    assert index.update(folder) == []
    assert index.search("zebra?")[0].text == "A zebra has stripes."
    assert not any("GGUF" in one.text for one in index.search("llama-worker loads GGUF files"))
    assert index.search('"; DROP') is not None
    index.close()


@pytest.mark.slow
def test_a_reranker_has_the_last_word(model: Model, sync_worker: LlamaWorker, folder: Path, tmp_path: Path) -> None:
    reranker = sync_worker.load_model(encoder(tmp_path / "rank.gguf", ranks=True))
    index = Index(tmp_path / "index.db", model)
    index.update(folder)
    question = "How do I stop an answer?"
    found = index.search(question)
    best = rag.ranked(reranker, question, found)
    scores = reranker.rerank(question, [one.text for one in found])
    assert best == [found[one.index] for one in scores][: rag.CITED]
    assert rag.ranked(None, question, found) == found[: rag.CITED]
    index.close()


@pytest.mark.slow
def test_an_answer_names_its_sources(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rag.main([str(folder), "How do I stop an answer?", "--index", str(tmp_path / "index.db")])
    printed = capsys.readouterr()
    assert "3 files are new" in printed.err
    assert f"[1] {folder}/stopping.md:1  # Stopping" in printed.out
    with pytest.raises(SystemExit, match="not a usable GGUF model"):
        rag.main([str(folder), "Why?", "--index", str(tmp_path / "index.db"), "--model", str(folder / "files.md")])


def test_passages_are_paragraphs_with_their_lines() -> None:
    text = "# One\n\n" + "a" * 500 + "\n\n" + "b" * 500 + "\n\n" + "c" * 2000 + "\n"
    pieces = list(index_module.passages_of(text))
    assert [line for line, _ in pieces] == [1, 5, 7, 7, 7]
    assert all(len(piece) <= index_module.LONGEST + 1 for _, piece in pieces)
    assert "".join(piece for _, piece in pieces).count("c") == 2000
    assert list(index_module.passages_of("")) == []
