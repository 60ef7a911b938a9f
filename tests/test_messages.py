"""What goes over the wire, byte for byte, and what is refused."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

import pytest
from msgspec import json

from llama_worker import messages
from llama_worker.messages import ENDS, Incoming, LastMessage, Outgoing
from llama_worker.messages.events import Downloading
from llama_worker.options import ModelOptions
from llama_worker.ports.codec import MAX_MESSAGE_BYTES, REQUEST_TYPES, decode_answer, decode_request, encode
from llama_worker.ports.lines import LineSplitter
from llama_worker.ports.server.connection import Connection
from llama_worker.ports.server.registry import HANDLERS
from llama_worker.worker import conversation
from llama_worker.worker.reply import Reply
from tests.ports.talk import TERMINAL

CONTRACT_IN = set(
    """init load_model create_context initialize_session generate_completion generate_chat_completion prompt
    send_prompt abort pause resume download_model abort_download unload_model get_chat_history set_chat_history
    reset_chat_history list_models cleanup worker:initialize worker:loadModel worker:createContext
    worker:initializeSession worker:prompt worker:unloadModel worker:downloadModel worker:sendPrompt""".split()  # noqa: SIM905
)
CONTRACT_OUT = set(
    """info error progress completion_chunk completion_done model_loaded context_created session_created
    model_unloaded download_progress download_complete download_error operation_started function_call
    result""".split()  # noqa: SIM905
)


def refused(line: bytes) -> messages.ErrorMessage:
    answer = decode_request(line)
    assert isinstance(answer, messages.ErrorMessage)
    return answer


def test_every_type_of_the_contract_is_known() -> None:
    """The names are public."""
    assert set(REQUEST_TYPES) >= CONTRACT_IN
    assert {str(kind.__struct_config__.tag) for kind in get_args(Outgoing)} >= CONTRACT_OUT


def test_every_request_has_somebody_who_answers_it() -> None:
    """A type in the protocol that nobody answers would be a request without an end."""
    channels = {kind for kind in get_args(Incoming) if str(kind.__struct_config__.tag).startswith("worker:")}
    assert Connection is not None  # importing it fills the table
    assert set(get_args(Incoming)) - set(HANDLERS) <= channels - {messages.WorkerInitialize}


def test_it_is_told_of_every_request_how_it_ends() -> None:
    """With messages that are marked as last ones; a value comes with a `result` only."""
    assert set(ENDS) == set(get_args(Incoming))
    for ends, value in ENDS.values():
        assert ends
        assert all(issubclass(kind, LastMessage) and kind in get_args(Outgoing) for kind in ends)
        assert value is None or messages.Result in ends


def test_what_ends_a_request_is_some_requests_end() -> None:
    """And the tests' own client knows all of them."""
    last = {kind for kind in get_args(Outgoing) if issubclass(kind, LastMessage)}
    assert {kind for end in ENDS.values() for kind in end.messages} | {messages.ErrorMessage} == last
    assert {str(kind.__struct_config__.tag) for kind in last} == TERMINAL


def test_the_schema_of_a_chat_message_is_what_is_checked() -> None:
    """It is checked in the worker, where what is wrong with it can be said."""
    listed = json.schema(messages.ChatMessage)["properties"]
    assert set(listed) == set(get_type_hints(conversation.Message))
    assert tuple(listed["role"]["enum"]) == conversation.ROLES


def test_a_reply_loses_nothing_on_its_way() -> None:
    """Whatever a reply can tell, `completion_done` tells."""
    renamed = {"text": "full_text", "usage": "stats"}
    expected = {renamed.get(name, name) for name in Reply.__struct_fields__}
    assert expected <= set(messages.CompletionDone.__struct_fields__)


def test_a_download_is_the_same_as_event_and_as_message() -> None:
    """There and back again; only the names of two fields are the wire's own."""
    event = Downloading(value=0.5, stage="a.gguf", downloaded_bytes=5, total_bytes=10, bytes_per_second=2.5)
    message = messages.DownloadProgress.of(event, id=7, request_id="r", operation_id="o")
    assert message.event == event
    assert (message.id, message.request_id, message.operation_id) == (7, "r", "o")
    renamed = {"value": "progress", "stage": "file"}
    carried = {renamed.get(name, name) for name in Downloading.__struct_fields__}
    assert set(messages.DownloadProgress.__struct_fields__) == carried | {"id", "request_id", "operation_id"}


def test_the_wire_is_camel_case() -> None:
    """Python's names stay in Python."""
    line = b'{"type":"load_model","id":7,"modelPath":"a.gguf","options":{"contextSize":512,"gpuLayers":20}}'
    request = decode_request(line)
    expected = messages.LoadModel(id=7, model_path="a.gguf", options=ModelOptions(gpu_layers=20, context_size=512))
    assert request == expected
    assert encode(expected) == line


def test_what_was_sent_is_what_arrives() -> None:
    """Encoding and decoding are each other's inverse."""
    done = messages.CompletionDone(
        id="a", full_text="é\n", finish_reason="stop", stats=messages.Usage(prompt_tokens=3), operation_id="x"
    )
    assert decode_answer(encode(done)) == done


@pytest.mark.parametrize(
    ("line", "code", "id", "path"),
    [
        (b"garbage", "invalid_message", None, None),
        (b"", "invalid_message", None, None),
        (b"[1]", "invalid_message", None, None),
        (b'"text"', "invalid_message", None, None),
        (b'{"type":"prompt","prompt":"\xff"}', "invalid_message", None, None),
        (b'{"type":"prompt","prompt":"cut', "invalid_message", None, None),
        (b"[" * 100_000, "invalid_message", None, None),
        (b'{"id":1}', "unknown_message", 1, None),
        (b'{"type":5,"id":"a"}', "unknown_message", "a", None),
        (b'{"type":"nope","id":"a"}', "unknown_message", "a", None),
        (b'{"type":"prompt","id":1}', "invalid_options", 1, "prompt"),
        (b'{"type":"prompt","id":1,"prompt":5}', "invalid_options", 1, "prompt"),
        (b'{"type":"prompt","id":1,"prompt":"a","x":1}', "invalid_options", 1, "x"),
        (b'{"type":"prompt","id":1,"prompt":"a","options":{"topP":2}}', "invalid_options", 1, "options.topP"),
        (b'{"type":"prompt","id":1,"prompt":"a","options":{"nope":2}}', "invalid_options", 1, "options.nope"),
        (
            b'{"type":"prompt","id":1,"prompt":"","options":{"maxTokens":-1}}',
            "invalid_options",
            1,
            "options.maxTokens",
        ),
        (b'{"type":"prompt","id":1,"prompt":"a","options":{"seed":1e99}}', "invalid_options", 1, "options.seed"),
        (b'{"type":"prompt","id":1,"prompt":"a","options":{"temperature":NaN}}', "invalid_message", None, None),
        (b'{"type":"worker:loadModel","id":1,"payload":{}}', "invalid_options", 1, "payload.modelPath"),
        (b'{"payload":null}', "unknown_message", None, None),
        (b'{"type":"worker:loadModel","id":1,"payload":null}', "invalid_options", 1, "payload"),
        (b'{"type":"worker:loadModel","id":1}', "invalid_options", 1, "payload"),
        (b'{"type":"abort","id":{}}', "invalid_options", None, "id"),
        (b'{"type":"abort","id":true}', "invalid_options", None, "id"),
        (b'{"type":"abort","id":""}', "invalid_options", None, "id"),
    ],
)
def test_what_is_wrong_is_named(line: bytes, code: str, id: Any, path: str | None) -> None:
    """The code for programs, the path for people, and the id whenever one can be read."""
    answer = refused(line)
    assert (answer.code, answer.id, answer.path) == (code, id, path)
    assert answer.error == answer.message


def test_the_names_that_the_original_uses_are_accepted() -> None:
    """node-llama-cpp says stopOnAbortSignal and customStopTriggers."""
    line = b'{"type":"prompt","prompt":"a","options":{"stopOnAbortSignal":true,"customStopTriggers":["x"]}}'
    request = decode_request(line)
    assert isinstance(request, messages.PromptRequest)
    assert request.options is not None
    assert (request.options.stop_on_abort, request.options.stop_sequences) == (True, ("x",))


def test_initialize_takes_what_the_seeds_give_it() -> None:
    """`worker:initialize` has the model's options in the seeds."""
    request = decode_request(b'{"type":"worker:initialize","payload":{"modelPath":"model.bin","gpuLayers":20}}')
    assert isinstance(request, messages.WorkerInitialize)
    assert (request.payload.model_path, request.payload.gpu_layers) == ("model.bin", 20)


def test_lines_are_found_however_they_are_cut() -> None:
    """The pipe knows nothing of lines."""
    text = b'{"a":1}\n\n{"b":2}\n{"c":3}'
    for size in range(1, len(text) + 1):
        splitter = LineSplitter()
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        lines = [line for piece in pieces for line in splitter.feed(piece)] + list(splitter.end())
        assert lines == [b'{"a":1}', b"", b'{"b":2}', b'{"c":3}']


def test_a_line_that_is_too_long_is_dropped_while_it_comes() -> None:
    """Memory is bounded, and the next line is whole."""
    splitter = LineSplitter(limit=10)
    lines = [
        line
        for piece in [b"12345", b"67890", b"1234567890" * 100, b"\nok\n", b"1234567890\n"]
        for line in splitter.feed(piece)
    ]
    assert lines == [None, b"ok", b"1234567890"]
    assert len(splitter._rest) == 0


def test_a_line_of_64_mib_is_too_long() -> None:
    """The limit is what the documentation says."""
    assert MAX_MESSAGE_BYTES == 64 * 2**20 - 1


def test_messages_are_one_line() -> None:
    """Whatever the text holds."""
    assert b"\n" not in encode(messages.Info(message="a\nb\r\u2028"))
    assert json.decode(encode(messages.Info(message="a\nb")))["message"] == "a\nb"
