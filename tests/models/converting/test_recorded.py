"""What llama.cpp's converter made of small checkpoints is recorded, and is what comes out here: without torch."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker.models.converting.vocabulary.tokenizer import HubTokenizer
from tests.families.sources import fetched

from .proof.checkpoints import CHECKPOINTS
from .proof.checkpoints.adapters import ADAPTERS
from .proof.checkpoints.checkpoint import Checkpoint
from .proof.gguf_file import read
from .proof.ours import convert
from .proof.recording import PRE_TOKENIZER, digests, recorded

PAGE = Path(__file__).parents[3] / "docs" / "conversions.md"


@pytest.mark.skipif(not fetched(), reason="`python -m tests.families` fetches the vocabularies")
@pytest.mark.parametrize("checkpoint", CHECKPOINTS, ids=lambda each: each.folder)
def test_a_conversion_is_as_recorded(checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`make test-convert` shows what differs."""
    monkeypatch.setattr(HubTokenizer, "pre_tokenizer", lambda self: PRE_TOKENIZER)
    source = checkpoint.write(tmp_path, small=True)
    made = read(convert(source, tmp_path / "model.gguf"))
    assert digests(made) == recorded()[checkpoint.folder]


@pytest.mark.parametrize("name", [*(each.folder for each in CHECKPOINTS), *(each.folder for each in ADAPTERS)])
def test_the_page_says_what_is_proven(name: str) -> None:
    assert f"| {name} " in PAGE.read_text()
