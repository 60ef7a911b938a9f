"""What is loaded beside a model, on a llama-server's command line."""

from __future__ import annotations

import csv
import itertools

import pytest
from msgspec.structs import replace

from llama_worker.engine.companions import DraftModel, LoraFile, Speculation
from llama_worker.engine.flags.command_line import server_flags
from llama_worker.engine.process.endpoint import Endpoint
from llama_worker.engine.settings import EngineSettings
from llama_worker.errors import InvalidOptionsError

PLAIN = EngineSettings(model_path="m.gguf", context_size=3000, sequences=4, batch_size=64, threads=2)
ENDPOINT = Endpoint(directory="/nowhere", socket_path="/nowhere/s")


def with_loras(*paths: str) -> list[str]:
    files = tuple(LoraFile(str(number), path, 1, "") for number, path in enumerate(paths))
    return server_flags(replace(PLAIN, lora_files=files), ENDPOINT)


def test_adapters_are_loaded_and_none_is_applied() -> None:
    paths = ["/a/one.gguf", '/a/with, comma and "quotes".gguf']
    flags = with_loras(*paths)
    assert "--lora-init-without-apply" in flags
    told = dict(itertools.pairwise(flags))["--lora-scaled"]
    assert next(csv.reader([told])) == [f"{path}:0" for path in paths]


def test_a_path_that_llama_server_would_cut_is_refused() -> None:
    with pytest.raises(InvalidOptionsError, match="colon"):
        with_loras("C:/adapters/one.gguf")


def test_drafts_are_said_with_their_lengths() -> None:
    drafts = Speculation(repeated=16, written=3, model=DraftModel("/m/small.gguf", 1, ""))
    told = dict(itertools.pairwise(server_flags(replace(PLAIN, speculation=drafts), ENDPOINT)))
    assert told["--spec-type"] == "ngram-simple,draft-simple"
    assert (told["--spec-ngram-simple-size-n"], told["--spec-ngram-simple-size-m"]) == ("8", "16")
    assert (told["--spec-draft-model"], told["--spec-draft-n-max"]) == ("/m/small.gguf", "3")
    assert told["--spec-draft-ngl"] == "0"


def test_a_short_draft_is_looked_up_by_no_more_than_its_length() -> None:
    """llama-server drafts nothing shorter than what it looks up."""
    told = dict(itertools.pairwise(server_flags(replace(PLAIN, speculation=Speculation(repeated=5)), ENDPOINT)))
    assert (told["--spec-type"], told["--spec-ngram-simple-size-n"]) == ("ngram-simple", "5")


def test_without_adapters_nothing_is_said_of_them() -> None:
    assert not [flag for flag in server_flags(PLAIN, ENDPOINT) if "lora" in flag or "spec" in flag]
