"""Tools of a worker's MCP servers over a port: who asked is asked before one is called."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, ToolCall
from llama_worker.errors import InvalidOptionsError
from llama_worker.mcp import McpServer
from llama_worker.options import LlamaOptions, McpServerOptions
from llama_worker.ports import in_process_port
from llama_worker.ports.client.bridge import LlamaWorkerBridge
from llama_worker.ports.server.shared_options import check_shared_worker
from tests.ports.talk import Talk
from tests.worker.tools.test_toolbox import QUESTION

pytestmark = [pytest.mark.timeout(60), pytest.mark.asyncio(loop_scope="module")]
FAKE = Path(__file__).parents[2] / "fakes" / "mcp_server.py"
WEATHER = {"command": sys.executable, "args": ["-S", str(FAKE)]}
FORCED = {"mcp": True, "functionChoice": "get_weather", "maxFunctionRounds": 1, "maxTokens": 60, "temperature": 0}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker() -> AsyncIterator[LlamaWorker]:
    async with LlamaWorker(mcp_servers={"weather": WEATHER}) as worker:
        await worker.load_model("builtin")
        yield worker


async def answered(worker: LlamaWorker, **answer: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The question, and what the model was told after that answer to it."""
    talk = Talk(in_process_port(worker))
    try:
        await talk.send("generate_completion", id=1, prompt=QUESTION, options=FORCED)
        question = await talk.until(lambda message: message["type"] == "function_approval")
        await talk.ask("function_result", id=2, callId=question["callId"], **answer)
        returned = await talk.until(lambda message: message.get("event", {}).get("type") == "ToolReturned")
        assert (await talk.end_of(1))["type"] == "completion_done"
        return question, returned["event"]
    finally:
        await talk.close()


async def test_only_what_is_approved_is_called(worker: LlamaWorker) -> None:
    question, returned = await answered(worker, result=True)
    assert (question["name"], question["source"]) == ("get_weather", "weather")
    assert question["arguments"].keys() == {"city"}
    assert returned["result"].startswith("sunny in")
    for refusal in ({"result": False}, {"result": "yes"}, {"refused": "not today"}):
        _, returned = await answered(worker, **refusal)
        assert returned["result"] == f"Error: {refusal.get('refused', 'the user refused this call')}"


@pytest.mark.slow
async def test_a_bridge_asks_as_a_worker_does(worker: LlamaWorker) -> None:
    seen: list[ToolCall] = []
    async with LlamaWorkerBridge(in_process_port(worker)) as bridge:
        (server,) = await bridge.list_mcp_servers()
        assert [(tool.name, tool.needs_approval) for tool in server.tools] == [("get_weather", True)]
        model = await bridge.load_model("builtin")
        session = await model.create_session()
        forced: dict[str, Any] = {"mcp": True, "function_choice": "get_weather", "max_function_rounds": 1}

        def refuse(call: ToolCall) -> bool:
            seen.append(call)
            return False

        await session.prompt(QUESTION, **forced, approve=refuse)
        assert session.get_chat_history()[2]["content"] == "Error: the user refused this call"
        assert [call.source for call in seen] == ["weather"]
        with pytest.raises(InvalidOptionsError, match=r"await server.functions\(\)"):
            session.prompt(QUESTION, functions=[McpServer(sys.executable, FAKE)])
        async with McpServer(sys.executable, "-S", FAKE, "picture") as own:
            await session.prompt(QUESTION, functions=await own.functions(), function_choice="picture")
        assert "cannot see" in str(session.get_chat_history()[-2]["content"])


async def test_clients_of_a_shared_worker_start_nothing() -> None:
    with pytest.raises(InvalidOptionsError, match="is chosen by whoever runs it"):
        check_shared_worker(LlamaOptions(mcp_servers={"x": McpServerOptions(command="x")}))
