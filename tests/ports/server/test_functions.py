"""Functions that live at the other end of a port, called by a session that always calls."""

from __future__ import annotations

import pytest

from llama_worker import Operation, Reply
from llama_worker.ports.server.connection import Connection
from llama_worker.worker.generation.prompt_arguments import PromptArguments
from llama_worker.worker.reply import text_of
from tests.ports.talk import Talk, check_rules

FRUIT = {"getFruitPrice": {"description": "Price of a fruit", "params": {"type": "object", "properties": {}}}}


class CallingSession:
    """Answers every prompt with what its first function returns."""

    def prompt(self, text: str, arguments: PromptArguments) -> Operation[Reply, str]:
        (function,) = (arguments.functions or {}).values()
        assert function.handler
        handler = function.handler

        async def answer(operation: Operation[Reply, str]) -> Reply:
            try:
                said = str(await handler(fruit=text))
            except Exception as error:
                said = str(error)
            return Reply(text=said, finish_reason="stop")

        return Operation("prompt", answer, to_item=text_of)


@pytest.fixture
async def calling(talk: Talk, connection: Connection) -> Talk:
    connection._workspace._sessions["calling"] = CallingSession()  # type: ignore[assignment]
    return talk


async def test_a_function_is_called_by_messages(calling: Talk) -> None:
    """`function_call` out, `function_result` in, and the answer goes on; a late result finds nobody."""
    await calling.send("prompt", id=1, session="calling", prompt="apple", functions=FRUIT)
    called = await calling.until(lambda message: message["type"] == "function_call")
    assert (called["id"], called["name"], called["arguments"]) == (1, "getFruitPrice", {"fruit": "apple"})
    await calling.ask("function_result", id=2, callId=called["callId"], result={"price": 6})
    assert (await calling.end_of(1))["fullText"] == "{'price': 6}"
    late = await calling.ask("function_result", id=3, callId=called["callId"], result=1)
    assert (late["code"], late["path"]) == ("invalid_options", "callId")
    check_rules(calling.heard, [1, 2, 3])


@pytest.mark.parametrize("how", ["error", "refused"])
async def test_a_function_that_gave_nothing(calling: Talk, how: str) -> None:
    """The model hears the reason as it was at the other end."""
    await calling.send("prompt", id=1, session="calling", prompt="apple", functions=FRUIT)
    called = await calling.until(lambda message: message["type"] == "function_call")
    await calling.ask("function_result", id=2, callId=called["callId"], **{how: "ValueError: no such fruit"})
    assert (await calling.end_of(1))["fullText"] == "ValueError: no such fruit"


async def test_an_abort_while_a_function_runs(calling: Talk) -> None:
    """Its result finds nobody, and that is all."""
    await calling.send("prompt", id=1, session="calling", prompt="apple", functions=FRUIT)
    called = await calling.until(lambda message: message["type"] == "function_call")
    await calling.ask("abort", id=2)
    assert (await calling.end_of(1))["finishReason"] == "abort"
    assert (await calling.ask("function_result", id=3, callId=called["callId"]))["code"] == "invalid_options"
