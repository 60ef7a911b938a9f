"""How large a context is when nobody says."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker.models.gguf.header import GgufHeader
from llama_worker.models.gguf.inspect import read_header
from llama_worker.models.memory.context_choice import SHARE_OF_FREE_MEMORY, SMALL_CONTEXT, choose_context
from llama_worker.models.memory.estimate import estimate
from tests.gguf_factory import write_gguf

GIGABYTE = 10**9


def header(path: Path, context_length: int) -> GgufHeader:
    return read_header(write_gguf(path / "m.gguf", context_length=context_length)).check_loadable()


def test_a_small_context_is_for_every_sequence(tmp_path: Path) -> None:
    choice = choose_context(header(tmp_path, SMALL_CONTEXT), GIGABYTE, None, {"sequences": 4})
    assert (choice.context_size, choice.kv_unified) == (SMALL_CONTEXT, False)


def test_a_large_one_is_shared_and_all_that_the_model_was_trained_for(tmp_path: Path) -> None:
    choice = choose_context(header(tmp_path, 100_000), 64 * GIGABYTE, None, {"sequences": 4})
    assert (choice.context_size, choice.kv_unified) == (100_000, True)
    assert choice.reason == "the model was trained for 100000 tokens"


@pytest.mark.parametrize("unified", [True, False])
def test_where_that_does_not_fit_it_is_the_largest_power_of_two_in_its_share(tmp_path: Path, unified: bool) -> None:
    of, free = header(tmp_path, 10_000_000), 2 * GIGABYTE
    choice = choose_context(of, free, unified, {"sequences": 4})
    model = estimate(of, context_size=256, sequences=4, kv_unified=unified).required_bytes
    budget = model + (free - model) * SHARE_OF_FREE_MEMORY
    taken = [
        estimate(of, context_size=size, sequences=4, kv_unified=unified).required_bytes
        for size in (choice.context_size, 2 * choice.context_size)
    ]
    assert taken[0] <= budget < taken[1]
    assert choice.context_size.bit_count() == 1
    assert f"2.0 GB with it) holds {choice.context_size}" in choice.reason


def test_the_least_is_tried_even_where_nothing_fits(tmp_path: Path) -> None:
    choice = choose_context(header(tmp_path, 100_000), 1000, None, {"sequences": 4})
    assert choice.context_size == SMALL_CONTEXT


def test_one_sequence_shares_with_nobody(tmp_path: Path) -> None:
    assert not choose_context(header(tmp_path, 100_000), GIGABYTE, None, {"sequences": 1}).kv_unified
