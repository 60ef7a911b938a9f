"""The engine room's small parts, each by itself."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_worker.engine.api.chunks import parse_chat_chunk, parse_completion_chunk
from llama_worker.engine.api.refusals import refusal
from llama_worker.engine.command import ENGINE_VARIABLE, LlamaServer, Xllamacpp, choose_engine
from llama_worker.engine.defaults import NEXT_TOKEN_SECONDS
from llama_worker.engine.machine import choose_batch_size, next_token_seconds, token_seconds
from llama_worker.engine.process.endpoint import create_endpoint
from llama_worker.engine.process.log_tail import LogTail
from llama_worker.engine.states import LoadProgress, Ready, parse_state_line
from llama_worker.errors import ContextOverflowError, EngineNotFoundError, EngineRequestError

STATE = b"cmd_child_to_router:state:"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"state":"loading","payload":{"stages":["a"],"current":"a","value":0.5}}', LoadProgress(0.5, "a")),
        (b'{"state":"loading","payload":{"stages":["a","b"],"current":"b","value":0.5}}', LoadProgress(0.75, "b")),
        (b'{"state":"loading","payload":{"stages":[],"current":"x","value":7}}', LoadProgress(1.0, "x")),
        (b'{"state":"sleeping"}', None),
        (b"{nonsense", None),
        (b'{"state":5}', None),
    ],
)
def test_state_lines(line: bytes, expected: LoadProgress | None) -> None:
    assert parse_state_line(STATE + line) == expected


def test_ready_carries_the_metadata() -> None:
    ready = parse_state_line(STATE + b'{"state":"ready","payload":{"meta":{"n_params":5,"size":9,"new_field":[]}}}')
    assert isinstance(ready, Ready)
    assert (ready.metadata.n_params, ready.metadata.size) == (5, 9)


@given(st.binary(max_size=200))
def test_no_line_can_break_the_parser(line: bytes) -> None:
    assert parse_state_line(line) is None
    parse_state_line(STATE + line)


@given(st.lists(st.binary(max_size=50), max_size=20))
def test_the_tail_does_not_depend_on_how_bytes_arrive(pieces: list[bytes]) -> None:
    whole, parts = LogTail(), LogTail()
    whole.feed(b"".join(pieces))
    for piece in pieces:
        parts.feed(piece)
    whole.close()
    parts.close()
    assert whole.last(1000) == parts.last(1000)


def test_the_tail_is_bounded_in_lines_and_in_their_length() -> None:
    tail = LogTail(lines=5)
    tail.feed(b"x" * 10_000 + b"\n" + b"line\n" * 100)
    assert len(tail.last(100)) == 5
    tail.feed(b"y" * 10_000)
    tail.close()
    assert len(tail.last(1)[0]) == 2000


def test_the_cause_is_the_first_error_line_else_what_looks_like_one() -> None:
    tail = LogTail()
    tail.feed(b"0.00.1 I srv  fine\nggml: assert failed here\n0.00.2 E srv    load: bad magic\n0.00.3 E srv  exiting\n")
    assert tail.cause() == "srv load: bad magic"
    other = LogTail()
    other.feed(b"hello\nGGML_ASSERT(x) failed\n")
    assert other.cause() == "GGML_ASSERT(x) failed"
    assert LogTail().cause() == ""


def test_the_environment_chooses_when_the_option_does_not(tmp_path: Path) -> None:
    server = tmp_path / "llama-server"
    server.write_text("#!/bin/sh\n")
    server.chmod(0o755)
    environment = {ENGINE_VARIABLE: str(server)}
    assert choose_engine("auto", environment) == LlamaServer(str(server))
    assert choose_engine("xllamacpp", environment) == Xllamacpp()
    assert choose_engine("auto", {}) == Xllamacpp()
    with pytest.raises(EngineNotFoundError, match=ENGINE_VARIABLE):
        choose_engine("auto", {ENGINE_VARIABLE: "/no/such/server"})


@given(st.integers(1, 2**40), st.integers(1, 256))
def test_batches_are_powers_of_two_within_their_range(weights: int, threads: int) -> None:
    seconds = token_seconds(weights, threads)
    batch = choose_batch_size(seconds)
    assert 32 <= batch <= 512
    assert batch & (batch - 1) == 0
    assert next_token_seconds(batch, seconds) <= NEXT_TOKEN_SECONDS or batch == 32
    assert next_token_seconds(2 * batch, seconds) > NEXT_TOKEN_SECONDS or batch == 512
    assert batch >= choose_batch_size(seconds * 2)


def test_an_endpoint_is_private_and_short_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    endpoint = create_endpoint()
    assert endpoint.socket_path
    assert len(endpoint.socket_path) < 104
    assert Path(endpoint.directory).stat().st_mode & 0o777 == 0o700
    endpoint.remove()
    endpoint.remove()
    assert not Path(endpoint.directory).exists()


def test_both_dialects_give_the_same_chunks() -> None:
    chat = parse_chat_chunk(b'{"choices":[{"delta":{"content":"a"},"finish_reason":null}],"timings":{"predicted_n":1}}')
    completion = parse_completion_chunk(b'{"content":"a","stop":false,"timings":{"predicted_n":1}}')
    assert chat == completion
    stopped = parse_completion_chunk(b'{"content":"","stop":true,"stop_type":"word","stopping_word":"x"}')
    assert (stopped.finish_reason, stopped.stop_sequence) == ("stop", "x")
    limited = parse_completion_chunk(b'{"content":"","stop":true,"stop_type":"limit","stopping_word":""}')
    assert (limited.finish_reason, limited.stop_sequence) == ("length", None)
    named = parse_chat_chunk(b'{"choices":[{"delta":{},"finish_reason":"stop"}],"__verbose":{"stopping_word":"x"}}')
    assert named.stop_sequence == "x"


def test_refusals_become_errors_of_ours() -> None:
    overflow = refusal(
        b'{"error":{"code":400,"message":"m","type":"exceed_context_size_error","n_prompt_tokens":9,"n_ctx":4}}', 400
    )
    assert isinstance(overflow, ContextOverflowError)
    assert (overflow.prompt_tokens, overflow.context_size) == (9, 4)
    plain = refusal(b"<html>", 502)
    assert isinstance(plain, EngineRequestError)
    assert (plain.status, "502" in plain.message) == (502, True)
