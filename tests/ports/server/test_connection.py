"""Requests and their answers, over the port that encodes nothing."""

from __future__ import annotations

import asyncio
import os
import signal
from functools import partial
from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from tests.ports.talk import Json, Talk, check_progress, check_rules

GREEDY = {"temperature": 0, "maxTokens": 24}
LONG = {"temperature": 0, "maxTokens": 4000}


def _is_chunk_of(id: int, message: Json) -> bool:
    return message.get("id") == id and "chunk" in message


async def test_init_tells_version_and_abilities(talk: Talk) -> None:
    """A client can find out what it talks to."""
    answer = await talk.ask("init", id=1, options={"gpu": False, "numThreads": 1})
    assert answer["value"]["protocolVersion"] == 1
    assert answer["value"]["engine"]
    assert "send_prompt" in answer["value"]["requests"]


async def test_the_logger_is_told_types_and_ids_and_no_content(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await talk.ask("load_model", id="m", modelPath="builtin")
    await talk.ask("chat", id=7, messages=[{"role": "user", "content": "What is a kumquat?"}], options=GREEDY)
    await talk.ask("worker:loadModel", id=8, payload={"modelPath": "kumquat.gguf"})
    told = [record.getMessage() for record in caplog.records if record.name == "llama_worker.ports"]
    assert "chat received, id 7" in told
    assert "chat answered with completion_done, id 7" in told
    assert "worker:loadModel received, id 8" in told
    assert "kumquat" not in caplog.text


async def test_load_tells_its_progress_and_the_model(talk: Talk) -> None:
    """Progress ends at 1.0 before the model is announced."""
    loaded = await talk.ask("load_model", id="a", modelPath="builtin")
    assert loaded["type"] == "model_loaded"
    assert loaded["modelInfo"]["name"] == "builtin.gguf"
    assert loaded["modelInfo"]["size"] > 0
    assert loaded["modelInfo"]["parameters"] > 0
    kinds = [message["progressType"] for message in talk.about("a") if message["type"] == "progress"]
    assert kinds
    assert set(kinds) == {"load"}
    check_progress(talk.about("a"))


async def test_chunks_are_the_text(ready: Talk) -> None:
    """Every message of an answer carries the request's id and the operation's."""
    done = await ready.ask("prompt", id="p", prompt="Hello!", options=GREEDY)
    chunks = [message for message in ready.about("p") if message["type"] == "completion_chunk"]
    assert "".join(chunk["chunk"] for chunk in chunks) == done["fullText"] != ""
    assert {chunk["operationId"] for chunk in chunks} == {done["operationId"]}
    stats = done["stats"]
    assert stats["promptTokens"] + stats["completionTokens"] == stats["totalTokens"]
    assert done["finishReason"] == "stop"


async def test_send_prompt_names_its_operation_at_once(ready: Talk) -> None:
    """The id comes before the first chunk, and abort takes it."""
    await ready.send("send_prompt", id="s", prompt="Tell me a story.", options=LONG)
    started = await ready.until(lambda message: message["type"] == "operation_started")
    assert started["id"] == "s"
    aborted = await ready.ask("abort", id="stop", operationId=started["operationId"])
    assert aborted["value"] is True
    done = await ready.end_of("s")
    assert (done["type"], done["operationId"]) == ("completion_done", started["operationId"])


async def test_an_abort_keeps_the_text(talk: Talk, random_model_path: Path) -> None:
    """Nothing that was generated is lost, and the end is the usual one."""
    await talk.ask("load_model", id=1, modelPath=str(random_model_path))
    await talk.send("complete", id=2, prompt="a", options=LONG)
    await talk.until(lambda message: message["type"] == "completion_chunk")
    await talk.ask("abort", id=3)
    done = await talk.end_of(2)
    chunks = [message["chunk"] for message in talk.about(2) if message["type"] == "completion_chunk"]
    assert done["type"] == "completion_done"
    assert done["finishReason"] == "abort"
    assert done["fullText"] == "".join(chunks) != ""
    check_rules(talk.heard, [1, 2, 3])


async def test_an_abort_by_the_id_of_the_request(talk: Talk, random_model_path: Path) -> None:
    """Who knows no operation id yet knows what it asked."""
    await talk.ask("load_model", id=1, modelPath=str(random_model_path))
    for id in ("a", "b"):
        await talk.send("complete", id=id, prompt="a", options=LONG)
    assert (await talk.ask("abort", id=2, requestId="a"))["value"] is True
    assert (await talk.end_of("a"))["finishReason"] == "abort"
    assert not [message for message in talk.about("b") if message["type"] == "completion_done"]
    await talk.ask("abort", id=3, requestId="b")
    await talk.end_of("b")


@pytest.mark.parametrize("fields", [{}, {"operationId": "nobody"}, {"requestId": "nobody"}])
async def test_aborting_nothing_is_harmless(ready: Talk, fields: dict[str, str]) -> None:
    """Also twice, also after the end."""
    await ready.ask("prompt", id="p", prompt="Hello!", options=GREEDY)
    for id in (1, 2):
        assert (await ready.ask("abort", id=id, **fields))["value"] is False


async def test_a_request_is_aborted_before_its_turn(talk: Talk) -> None:
    """What waits for a load can be aborted as well."""
    await talk.send("load_model", id="load", modelPath="builtin")
    await talk.send("generate_completion", id="wait", prompt="a")
    assert (await talk.ask("abort", id="stop", requestId="wait"))["value"] is True
    assert (await talk.end_of("wait"))["finishReason"] == "abort"
    assert (await talk.end_of("load"))["type"] == "model_loaded"


async def test_a_load_can_be_aborted(talk: Talk, slow_model_path: Path) -> None:
    """The engine that was starting is ended, and the next load works."""
    await talk.send("load_model", id="slow", modelPath=str(slow_model_path))
    await talk.until(lambda message: message.get("id") == "slow" and message["type"] == "info")
    await talk.ask("abort", id="stop", requestId="slow")
    end = await talk.end_of("slow")
    assert end["type"] in {"error", "model_loaded"}
    if end["type"] == "error":
        assert end["code"] == "aborted"
    assert (await talk.ask("load_model", id="next", modelPath="builtin"))["type"] == "model_loaded"


async def test_requests_in_one_go_are_taken_in_order(talk: Talk) -> None:
    """Nobody has to wait for a load before asking: what needs it waits."""
    await talk.send("init", id=1)
    await talk.send("load_model", id=2, modelPath="builtin")
    await talk.send("create_context", id=3, options={"contextSize": 1024})
    await talk.send("initialize_session", id=4)
    await talk.send("prompt", id=5, prompt="Hello!", options=GREEDY)
    await talk.send("prompt", id=6, prompt="And again?", options=GREEDY)
    assert (await talk.end_of(6))["type"] == "completion_done"
    check_rules(talk.heard, [1, 2, 3, 4, 5, 6])


async def test_two_sessions_at_once(ready: Talk) -> None:
    """Each has its own history, and both stream at the same time."""
    model = (await ready.ask("list_models", id="list"))["value"][0]["modelId"]
    for name in ("one", "two"):
        await ready.send("initialize_session", id=f"new {name}", model=model, sessionId=name)
        await ready.send("prompt", id=name, session=name, prompt=f"I am {name}.", options=GREEDY)
    for name in ("one", "two"):
        await ready.end_of(name)
        history = (await ready.ask("get_chat_history", id=f"h {name}", session=name))["value"]
        assert [message["content"] for message in history if message["role"] == "user"] == [f"I am {name}."]


async def test_history_over_the_wire(ready: Talk) -> None:
    """Set, asked, reset; the system prompt stays."""
    messages = [{"role": "user", "content": "My name is Ada."}, {"role": "assistant", "content": "Hello Ada."}]
    await ready.ask("set_chat_history", id=1, messages=messages)
    assert (await ready.ask("get_chat_history", id=2))["value"] == messages
    await ready.ask("reset_chat_history", id=3)
    system = [{"role": "system", "content": "You are helpful."}]
    assert (await ready.ask("get_chat_history", id=4))["value"] == system


async def test_a_bad_history_changes_nothing(ready: Talk) -> None:
    """The message that is wrong is named."""
    before = (await ready.ask("get_chat_history", id=1))["value"]
    answer = await ready.ask("set_chat_history", id=2, messages=[{"role": "nobody", "content": "x"}])
    assert (answer["type"], answer["code"], answer["path"]) == ("error", "invalid_options", "messages[0].role")
    assert (await ready.ask("get_chat_history", id=3))["value"] == before


@pytest.mark.parametrize(
    ("type", "fields", "code", "text"),
    [
        ("create_context", {}, "model_not_loaded", "Model not loaded."),
        ("initialize_session", {}, "context_not_created", "Context not created."),
        ("prompt", {"prompt": "a"}, "session_not_loaded", "Session not loaded."),
        ("send_prompt", {"prompt": "a"}, "session_not_loaded", "Session not loaded."),
        ("prompt", {"prompt": "a", "session": "x"}, "session_not_loaded", "Session x not loaded."),
        ("generate_completion", {"prompt": "a"}, "context_not_created", "Context not created."),
        ("complete", {"prompt": "a"}, "model_not_loaded", "Model not loaded."),
        ("unload_model", {"modelPath": "a.gguf"}, "model_not_loaded", "Model a.gguf is not loaded."),
        ("load_model", {"modelPath": "/nowhere/a.gguf"}, "model_not_found", None),
        ("function_result", {"callId": "x"}, "invalid_options", None),
        ("nope", {}, "unknown_message", "Unknown message type: nope"),
    ],
)
async def test_errors_carry_their_code(
    talk: Talk, type: str, fields: dict[str, str], code: str, text: str | None
) -> None:
    """The seeds' texts, and codes that programs can rely on; the port lives on."""
    answer = await talk.ask(type, id=1, **fields)
    assert (answer["type"], answer["code"]) == ("error", code)
    assert answer["error"] == answer["message"]
    assert text in (None, answer["message"])
    assert (await talk.ask("list_models", id=2))["value"] == []


async def test_an_id_in_use_is_refused_without_ending_it(talk: Talk) -> None:
    """An error under that id would end the request that has it."""
    await talk.send("load_model", id=1, modelPath="builtin")
    await talk.send("list_models", id=1)
    error = await talk.until(lambda message: message["type"] == "error")
    assert "id" not in error
    assert (await talk.end_of(1))["type"] == "model_loaded"


async def test_an_engine_killed_in_the_middle(talk: Talk, random_model_path: Path) -> None:
    """Each running request ends with the reason, and the next one works."""
    loaded = await talk.ask("load_model", id="load", modelPath=str(random_model_path))
    for id in (1, 2):
        await talk.send("complete", id=id, prompt="a", options=LONG)
    for id in (1, 2):
        await talk.until(partial(_is_chunk_of, id))
    os.kill(loaded["modelInfo"]["pid"], signal.SIGSEGV)
    for id in (1, 2):
        end = await talk.end_of(id)
        assert (end["code"], end["details"]["signal"]) == ("engine_died", "SIGSEGV")
    assert (await talk.ask("complete", id=3, prompt="a", options=GREEDY))["type"] == "completion_done"
    check_rules(talk.heard, ["load", 1, 2, 3])


async def test_an_engine_that_dies_idle_is_told(ready: Talk) -> None:
    """Without an id, as nobody asked."""
    pid = (await ready.ask("list_models", id=1))["value"][0]["modelInfo"]["pid"]
    os.kill(pid, signal.SIGKILL)
    error = await ready.until(lambda message: message["type"] == "error")
    assert ("id" not in error, error["code"], error["details"]["phase"]) == (True, "engine_died", "idle")


async def test_cleanup_in_the_middle(talk: Talk, random_model_path: Path) -> None:
    """Everybody gets an end before it is over, and `init` begins anew."""
    await talk.ask("load_model", id=1, modelPath=str(random_model_path))
    await talk.send("complete", id=2, prompt="a", options=LONG)
    await talk.until(lambda message: message["type"] == "completion_chunk")
    await talk.send("load_model", id=3, modelPath="builtin")
    await talk.ask("cleanup", id=4)
    assert [message["id"] for message in talk.heard if message["type"] == "completion_done"] == [2]
    check_rules(talk.heard, [1, 2, 3, 4])
    await talk.ask("init", id=5)
    assert (await talk.ask("load_model", id=6, modelPath="builtin"))["type"] == "model_loaded"


async def test_unload_ends_what_runs(talk: Talk, random_model_path: Path) -> None:
    """The memory is free afterwards."""
    loaded = await talk.ask("load_model", id=1, modelPath=str(random_model_path))
    await talk.send("complete", id=2, prompt="a", options=LONG)
    await talk.until(lambda message: message["type"] == "completion_chunk")
    unloaded = await talk.ask("unload_model", id=3, modelPath=str(random_model_path))
    assert (unloaded["type"], unloaded["modelId"]) == ("model_unloaded", loaded["modelId"])
    assert (await talk.end_of(2))["finishReason"] == "abort"
    with pytest.raises(ProcessLookupError):
        os.kill(loaded["modelInfo"]["pid"], 0)


async def test_who_leaves_leaves_nothing_running(worker: LlamaWorker, talk: Talk, random_model_path: Path) -> None:
    """A client that goes away aborts what it asked for."""
    await talk.ask("load_model", id=1, modelPath=str(random_model_path))
    await talk.send("complete", id=2, prompt="a", options=LONG)
    await talk.until(lambda message: message["type"] == "completion_chunk")
    await talk.close()
    async with asyncio.timeout(30):
        while worker._operations:
            await asyncio.sleep(0.01)


async def test_a_fork_goes_its_own_way(ready: Talk) -> None:
    """It begins with the same conversation."""
    await ready.ask("prompt", id=1, prompt="Hello!", options=GREEDY)
    fork = (await ready.ask("fork_session", id=2))["sessionId"]
    await ready.ask("prompt", id=3, session=fork, prompt="And again?", options=GREEDY)
    assert len((await ready.ask("get_chat_history", id=4))["value"]) == 3
    assert len((await ready.ask("get_chat_history", id=5, session=fork))["value"]) == 5
    await ready.ask("close_session", id=6, session=fork)
    assert (await ready.ask("get_chat_history", id=7, session=fork))["code"] == "session_not_loaded"


async def test_a_paused_generation_goes_on(talk: Talk, random_model_path: Path) -> None:
    """Pausing loses nothing: the whole text is what was streamed before and after."""
    await talk.ask("load_model", id=1, modelPath=str(random_model_path))
    await talk.send("complete", id=2, prompt="a", options={"maxTokens": 400, "temperature": 0})
    await talk.until(partial(_is_chunk_of, 2))
    assert (await talk.ask("pause", id=3))["value"] is True
    assert (await talk.ask("resume", id=4, requestId=2))["value"] is True
    done = await talk.end_of(2)
    assert done["finishReason"] in {"length", "stop"}
    assert done["fullText"] == "".join(message["chunk"] for message in talk.about(2) if "chunk" in message)
    assert (await talk.ask("pause", id=5))["value"] is False


async def test_only_what_was_asked_before_can_be_meant(ready: Talk) -> None:
    """An abort that comes in one go with the prompt after it leaves that alone; so does cleanup."""
    await ready.send("abort", id=1)
    await ready.send("prompt", id=2, prompt="Hello!", options=GREEDY)
    assert (await ready.end_of(1))["value"] is False
    assert (await ready.end_of(2))["finishReason"] == "stop"
    await ready.send("cleanup", id=3)
    await ready.send("init", id=4)
    await ready.send("load_model", id=5, modelPath="builtin")
    assert (await ready.end_of(5))["type"] == "model_loaded"


async def test_a_request_that_is_aborted_in_one_go_with_its_asking(ready: Talk) -> None:
    """It has its end all the same."""
    await ready.send("prompt", id=1, prompt="Hello!", options=GREEDY)
    await ready.send("abort", id=2, requestId=1)
    assert (await ready.end_of(2))["value"] is True
    assert (await ready.end_of(1))["type"] == "completion_done"
    check_rules(ready.heard, [1, 2])


async def test_what_is_wished_of_a_request_before_its_turn_is_done_when_it_comes(talk: Talk) -> None:
    """The model is not even loaded when the prompt is told to rest, and the other to answer."""
    await talk.send("load_model", id=1, modelPath="builtin")
    await talk.send("complete", id=2, prompt="Hello!", options=GREEDY)
    await talk.send("complete", id=3, prompt="Hello!", options=GREEDY)
    await talk.send("pause", id=4, requestId=2)
    await talk.send("pause", id=5, requestId=3)
    await talk.send("resume", id=6, requestId=3)
    await talk.send("answer_now", id=7, requestId=3)
    assert [(await talk.end_of(id))["value"] for id in (4, 5, 6, 7)] == [True] * 4
    done = await talk.end_of(3)
    assert not [message for message in talk.heard if message.get("id") == 2 and "chunk" in message]
    assert (await talk.ask("resume", id=8, requestId=2))["value"] is True
    assert (await talk.end_of(2))["fullText"] == done["fullText"]


async def test_what_names_its_model_holds_nobody_up(ready: Talk) -> None:
    """Nor does it let those pass who wait for a load before it."""
    model = (await ready.ask("list_models", id=1))["value"][0]["modelId"]
    await ready.send("load_model", id=2, modelPath="builtin")
    await ready.send("initialize_session", id=3, model=model)
    await ready.send("create_context", id=4)
    await ready.send("generate_completion", id=5, prompt="Hello!", options=GREEDY)
    assert (await ready.end_of(5))["type"] == "completion_done"
    await ready.end_of(3)
    check_rules(ready.heard, [1, 2, 3, 4, 5])
