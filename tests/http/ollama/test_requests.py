"""What Ollama's requests say, read without a server."""

from __future__ import annotations

import math

import msgspec
import pytest

from llama_worker.http.ollama.generating.messages import Message, chat_messages
from llama_worker.http.ollama.keep_alive import seconds_of
from llama_worker.http.ollama.names import hub_name, ollama_name
from llama_worker.http.ollama.options import read_options
from llama_worker.http.problems import Problem


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        *(("5m", 300), ("1h30m", 5400), ("1.5s", 1.5), ("250ms", 0.25), ("0", 0), ("0s", 0), ("90", 90)),
        *((30, 30), (0, 0), (2.5, 2.5), (-1, math.inf), ("-1", math.inf), ("-1m", math.inf)),
    ],
)
def test_durations(value: float | str, seconds: float) -> None:
    assert seconds_of(value) == seconds


@pytest.mark.parametrize("value", ["", "soon", "5 m", "m", "1d", "1e400", math.inf, math.nan])
def test_what_is_no_duration(value: float | str) -> None:
    with pytest.raises(Problem):
        seconds_of(value)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("builtin", "builtin:latest"),
        ("hf:org/repo", "hf.co/org/repo:latest"),
        ("hf:org/repo:Q4_K_M", "hf.co/org/repo:Q4_K_M"),
        ("hf:org/repo/a/b.gguf", "hf.co/org/repo/a/b.gguf:latest"),
    ],
)
def test_names_lead_back(ours: str, theirs: str) -> None:
    assert ollama_name(ours) == theirs
    assert hub_name(theirs) in (ours, None if ours == "builtin" else ours)


def test_options_are_ours_by_other_names() -> None:
    options = read_options({"num_predict": 5, "num_ctx": 64, "num_gpu": 0, "num_thread": 0, "tfs_z": 1, "seed": None})
    assert options.engine_fields == {"max_tokens": 5}
    assert options.loading.model_options() == {"context_size": 64, "gpu_layers": 0}
    assert options.not_done == ("options.tfs_z",)
    assert read_options({"num_predict": -1}).engine_fields == {}


def test_results_find_their_calls() -> None:
    calls = [{"function": {"name": "a", "arguments": {}}}, {"function": {"name": "b"}, "id": "beta"}]
    given = [
        {"role": "assistant", "tool_calls": calls},
        {"role": "tool", "content": "1", "tool_name": "b"},
        {"role": "TOOL", "content": "2"},
        {"role": "tool", "content": "3"},
    ]
    asked, first, second, lost = chat_messages(msgspec.convert(given, list[Message]))
    assert [call["id"] for call in asked["tool_calls"]] == [second["tool_call_id"], "beta"]
    assert (first["tool_call_id"], second["role"], second["name"]) == ("beta", "tool", "a")
    assert lost["tool_call_id"] not in ("beta", second["tool_call_id"])
