"""The worker's own tests once more, with a bridge to a child process in the worker's place."""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from llama_worker.ports.client.bridge import LlamaWorkerBridge
from llama_worker.ports.client.stdio import stdio_port
from tests.worker.conftest import noise, small

__all__ = ["noise", "small"]

INSIDE = "looks inside the worker, which is in another process here"
FUNCTION = "a strategy is a Python function, which cannot be sent to another process"
TIMING = "acts with one very piece of text, of which another process hears when the small model is done"
NOT_OVER_A_BRIDGE = {
    "test_it_is_what_the_engines_own_infill_gives": INSIDE,
    "test_what_does_not_fit_is_left_out_from_far_away": INSIDE,
    "test_scores_are_those_of_the_engine": INSIDE,
    "test_vectors_are_those_of_the_engine": INSIDE,
    "test_what_makes_more_tokens_than_bytes_is_counted_when_the_engine_refuses_it": INSIDE,
    "test_a_prompt_is_completed_in_the_users_place": INSIDE,
    "test_what_the_model_sees_is_saved_too": INSIDE,
    "test_with_its_state_the_conversation_is_not_read_again": INSIDE,
    "test_saving_replaces_a_file_whole_or_not_at_all": INSIDE,
    "test_a_damaged_file_is_refused_and_changes_nothing": INSIDE,
    "test_a_saved_session_is_the_same_session": INSIDE,
    "test_32_sessions_on_4_slots_each_say_what_they_say_alone": INSIDE,
    "test_the_model_is_asked_as_the_engine_would": INSIDE,
    "test_an_operation_that_borrows_the_engine_is_one_use": INSIDE,
    "test_a_prompt_of_high_priority_goes_first": TIMING,
    "test_a_strategy_of_ones_own": FUNCTION,
    "test_a_strategy_that_does_not_help_is_told_so": FUNCTION,
    "test_a_strategy_that_changes_nothing_does_not_run_for_ever": FUNCTION,
}


PRIVATE = re.compile(r"\.runtime\b|\._(supervisor|queue|engine|operations|generation|tasks)\b")
PAUSING = re.compile(r"\.pause\(\)|paused_again|pause_at|paused\(")


RARELY = {"test_media", "test_options_form", "test_options_sampling"}
"""With `-m slow`: across a port go the options' Structs and the messages' contents, which other tests compare."""
RARELY_ALONE = {"test_aclose_aborts", "test_a_timeout_aborts", "test_stop_on_abort_returns_the_partial_reply"}
"""With `-m slow`: the same messages cross the port as in other tests of their file."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "behaviour" in item.path.parts and isinstance(item, pytest.Function):
            if item.path.stem in RARELY or item.originalname in RARELY_ALONE:
                item.add_marker(pytest.mark.slow)
            source = inspect.getsource(item.function)
            reason = NOT_OVER_A_BRIDGE.get(item.originalname)
            reason = reason or (INSIDE if PRIVATE.search(source) else TIMING if PAUSING.search(source) else None)
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
async def worker() -> AsyncIterator[LlamaWorkerBridge]:
    async with LlamaWorkerBridge(stdio_port()) as bridge:
        yield bridge


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_worker() -> AsyncIterator[LlamaWorkerBridge]:
    async with LlamaWorkerBridge(stdio_port()) as bridge:
        yield bridge
