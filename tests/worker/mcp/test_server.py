"""MCP servers as functions: what the model calls is decided by a grammar here, so that no weights matter."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Model, ToolCall
from llama_worker.errors import FunctionCallError, InvalidOptionsError, McpServerError
from llama_worker.mcp import McpServer
from tests.worker.tools.test_toolbox import QUESTION, asking

pytestmark = [pytest.mark.timeout(60), pytest.mark.asyncio(loop_scope="module")]
Fake = Callable[..., McpServer]
WEATHER = Path(__file__).with_name("weather_server.py")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[Model]:
    async with LlamaWorker() as worker:
        yield await worker.load_model("builtin")


def pids(trace: Path) -> list[int]:
    return [int(line.split()[1]) for line in trace.read_text().splitlines() if line.startswith("started")]


async def until(met: Callable[[], object]) -> None:
    while not met():
        await asyncio.sleep(0.01)


async def asked(model: Model, server: McpServer, tool: str = "get_weather", **options: object) -> str:
    """What the model is told of a call that it has to make."""
    session = await model.create_session()
    await session.prompt(QUESTION, **asking(server, function_choice=tool, **options))
    return str(session.get_chat_history()[2]["content"])


@pytest.mark.slow
async def test_a_server_of_the_official_package(model: Model) -> None:
    session = await model.create_session()
    server = McpServer(sys.executable, WEATHER)
    async with server:
        reply = await session.prompt(QUESTION, functions=[server], temperature=0)
    assert session.get_chat_history()[2]["content"] == "sunny in Paris, 24 degrees"
    assert "sunny" in reply.text
    assert not server.connected


@pytest.mark.slow
async def test_a_server_is_started_once_and_ended_with_its_worker(fake: Fake, trace: Path) -> None:
    server = fake()
    async with LlamaWorker() as worker:
        model = await worker.load_model("builtin")
        assert await asked(model, server) == "sunny in Paris, 24 degrees"
        await asked(model, server)
        (pid,) = pids(trace)
        assert psutil.pid_exists(pid)
        assert trace.read_text().count("tools/list") == 1
    assert not server.connected
    await until(lambda: not psutil.pid_exists(pid))


@pytest.mark.slow
async def test_what_a_program_holds_is_its_own_to_end(model: Model, fake: Fake) -> None:
    async with fake() as server:
        async with LlamaWorker() as worker:
            await asked(await worker.load_model("builtin"), server)
        assert server.connected
        assert await server.call_tool("get_weather", {"city": "Rome"}) == "sunny in Rome, 24 degrees"


async def test_a_server_that_dies_is_told_of_and_started_again(model: Model, fake: Fake, trace: Path) -> None:
    async with fake("weather", "die") as server:
        assert await asked(model, server, "die") == (
            "Error: The MCP server 'python' has ended (exit code 3); it is started again when it is needed"
        )
        with pytest.raises(McpServerError, match="exit code 3") as raised:
            await server.call_tool("die")
        assert raised.value.log == ("a last word",)
        with pytest.raises(FunctionCallError):
            await asked(model, server, "die", on_function_error="raise")
        assert (await asked(model, server)).startswith("sunny")
    assert len(pids(trace)) == 4


async def test_a_tool_that_fails_says_why(model: Model, fake: Fake) -> None:
    async with fake("fail") as server:
        assert await asked(model, server, "fail") == "Error: no such file"
        with pytest.raises(
            FunctionCallError, match="The tool 'fail' of the MCP server 'python' has failed: no such file"
        ):
            await server.call_tool("fail")


async def test_a_call_that_takes_too_long_is_cancelled_there(model: Model, fake: Fake, trace: Path) -> None:
    async with fake("hang", "weather") as server:
        assert await asked(model, server, "hang", function_timeout=0.05) == "Error: no result after 0.05 s"
        await until(lambda: "notifications/cancelled" in trace.read_text())
        assert (await asked(model, server)).startswith("sunny")


async def test_an_abort_cancels_the_call_there(model: Model, fake: Fake, trace: Path) -> None:
    session = await model.create_session()
    async with fake("hang") as server:
        operation = session.prompt(QUESTION, **asking(server))
        await until(lambda: trace.exists() and "tools/call hang" in trace.read_text())
        operation.abort()
        await operation.wait()
        await until(lambda: "notifications/cancelled" in trace.read_text())
    assert session.get_chat_history()[2]["content"] == "Error: the call was aborted"


@pytest.mark.slow
async def test_tools_that_change_are_asked_for_again(model: Model, fake: Fake) -> None:
    async with fake("change") as server:
        assert [tool.name for tool in await server.list_tools()] == ["change"]
        await server.call_tool("change")
        await until(lambda: server.stale)
        assert (await asked(model, server)).startswith("sunny")


async def test_functions_of_ones_own_are_there_where_a_worker_has_no_servers(model: Model) -> None:
    def get_weather() -> str:
        """Ours."""
        return "ours"

    session = await model.create_session()
    await session.prompt(QUESTION, **asking(get_weather, mcp=True))
    assert session.get_chat_history()[2]["content"] == "ours"


async def test_only_the_tools_that_are_chosen_are_offered(fake: Fake) -> None:
    async with fake("weather", "fail", tools=("fail",)) as server:
        assert [tool.name for tool in await server.list_tools()] == ["fail"]
    with pytest.raises(InvalidOptionsError, match=r"has no tool 'get_wether' \(did you mean `get_weather`\?\)"):
        await fake(tools=("get_wether",)).list_tools()


async def test_a_person_is_asked_unless_a_tool_is_allowed(model: Model, fake: Fake) -> None:
    seen: list[ToolCall] = []

    def refuse(call: ToolCall) -> bool:
        seen.append(call)
        return False

    async with fake("weather", "fail", allow=("fail",)) as server:
        assert await asked(model, server, approve=refuse) == "Error: the user refused this call"
        assert await asked(model, server, "fail", approve=refuse) == "Error: no such file"
    assert [call.name for call in seen] == ["get_weather"]


async def test_a_picture_is_told_of_to_a_model_that_sees_nothing(model: Model, fake: Fake) -> None:
    async with fake("picture") as server:
        assert await asked(model, server, "picture") == "a dot\n[an image, which this model cannot see]"


@pytest.mark.slow
async def test_tools_of_one_name_have_their_servers_before_them(model: Model, fake: Fake, trace: Path) -> None:
    def get_weather() -> str:
        """Ours."""
        return "ours"

    session = await model.create_session()
    async with fake(name="north") as north, fake(name="south") as south:
        rendered = await model.render(
            [{"role": "user", "content": QUESTION}], functions=[get_weather, north, south], function_choice="none"
        )
        given = asking(get_weather, functions=[get_weather, north, south], function_choice="south_get_weather")
        await session.prompt(QUESTION, **given)
    assert "north_get_weather" in rendered.text
    assert session.get_chat_history()[2]["name"] == "south_get_weather"


@pytest.mark.parametrize(
    ("mode", "options", "why"),
    [
        ("refuse", {}, r"its command ended \(exit code 4\)\. Its last words: \"no key is set\""),
        pytest.param("silent", {"start_timeout": 0.3}, "it has not answered within 0.3 s", marks=pytest.mark.slow),
        ("weather", {"cwd": "/nowhere"}, "there is no folder /nowhere"),
    ],
)
async def test_a_server_that_cannot_be_started(
    model: Model, fake: Fake, mode: str, options: dict[str, object], why: str
) -> None:
    session = await model.create_session()
    with pytest.raises(McpServerError, match=why):
        await session.prompt(QUESTION, functions=[fake(mode, **options)])
    assert session.get_chat_history() == []


@pytest.mark.parametrize(("mode", "left_out"), [("odd", 11), ("loose", 0)])
async def test_tools_that_are_none_are_left_out_and_told_of(
    model: Model, fake: Fake, caplog: pytest.LogCaptureFixture, mode: str, left_out: int
) -> None:
    async with fake(mode) as server:
        assert (await asked(model, server)).startswith("sunny")
        problem = (await server.info()).problem or ""
        assert ("'string'" in problem) == bool(left_out)
    assert (f"{left_out} tools left out" in caplog.text) == bool(left_out)


async def test_a_tool_that_is_allowed_must_be_there(model: Model, fake: Fake) -> None:
    with pytest.raises(
        InvalidOptionsError, match=r"has no tool 'get_wether' \(did you mean `get_weather`\?\)"
    ) as caught:
        await asked(model, fake(allow=("get_wether",)))
    assert caught.value.path == "allow"


async def test_a_result_without_an_end_is_not_held(model: Model, fake: Fake, trace: Path) -> None:
    async with fake("long", "weather") as server:
        with pytest.raises(McpServerError, match="it wrote a message of more than 8 MiB"):
            await server.call_tool("long")
        assert (await asked(model, server)).startswith("sunny")
    assert len(pids(trace)) == 2


async def test_null_characters_are_refused() -> None:
    for said in ({"args": ("\0",)}, {"env": {"A": "\0"}}, {"env": {"\0": ""}}, {"cwd": "\0"}):
        with pytest.raises(InvalidOptionsError, match=r"null character|\[\^\\\\0\]"):
            LlamaWorker(mcp_servers={"server": {"command": "python", **said}})


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        ("unwilling", "cannot be started: no licence"),
        ("wrong", "cannot tell its tools: its answer is not as the protocol says: tools: Input should be a valid list"),
        pytest.param("untold", "cannot tell its tools: it has not answered within 1 s", marks=pytest.mark.slow),
    ],
)
async def test_a_server_that_cannot_be_used_says_why_and_is_ended(fake: Fake, mode: str, why: str) -> None:
    server = fake(mode, start_timeout=1.0 if mode == "untold" else 60.0)
    with pytest.raises(McpServerError, match=why):
        async with server:
            pass
    assert not server.connected


async def test_a_program_that_does_not_exist(model: Model) -> None:
    session = await model.create_session()
    with pytest.raises(McpServerError, match="there is no program 'nowhere-to-be-found'"):
        await session.prompt(QUESTION, functions=[McpServer("nowhere-to-be-found")])


async def test_servers_of_the_worker_by_name(fake: Fake, trace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_OF_MINE", "hidden")
    command, *args = fake().options.command, *fake().options.args
    said = {"command": command, "args": args, "env": {"SECRET": "${TOKEN_OF_MINE}", "MCP_TRACE": str(trace)}}
    async with LlamaWorker(
        mcp_servers={"weather": said, "absent": {**said, "env": {"X": "${NOT_THERE_AT_ALL}"}}}
    ) as worker:
        assert "hidden" not in repr(worker)
        model = await worker.load_model("builtin")
        assert (await asked(model, fake(), mcp=("weather",), functions=[])).startswith("sunny")
        assert "hidden" in trace.read_text()
        session = await model.create_session()
        with pytest.raises(McpServerError, match="needs the environment variable NOT_THERE_AT_ALL"):
            await session.prompt(QUESTION, mcp=True)
        with pytest.raises(InvalidOptionsError, match=r"no MCP server 'wether' \(did you mean `weather`\?\)"):
            await session.prompt(QUESTION, mcp=("wether",))


@pytest.mark.slow
async def test_no_server_outlives_its_program(tmp_path: Path, trace: Path) -> None:
    """However it ends: the server here hears neither the end of its input nor SIGTERM."""
    program = tmp_path / "program.py"
    program.write_text(
        "import asyncio, sys\n"
        "from llama_worker.mcp import McpServer\n"
        "async def main():\n"
        "    async with McpServer(sys.executable, *sys.argv[1:]):\n"
        "        print('here', flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    fake = Path(__file__).parents[2] / "fakes" / "mcp_server.py"
    started = f"import os\nos.environ['MCP_TRACE'] = {str(trace)!r}\n"
    wrapper = tmp_path / "server.py"
    wrapper.write_text(started + fake.read_text())
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(program), str(wrapper), "stubborn", stdout=asyncio.subprocess.PIPE, env={**os.environ}
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"here\n"
    (pid,) = pids(trace)
    process.kill()
    await process.wait()
    await until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
