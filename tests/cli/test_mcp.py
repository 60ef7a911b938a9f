"""MCP servers on the command line: what is called, and who is asked before."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from llama_worker.errors import ConfigurationError
from llama_worker.mcp import read_mcp_servers
from tests.cli.driving import Terminal, call

FAKE = Path(__file__).parents[1] / "fakes" / "mcp_server.py"
QUESTION = "What is the weather in Paris?"
GREEDY = ["-q", "--temperature", "0", "--max-tokens", "60"]


@pytest.fixture
def servers(tmp_path: Path) -> Path:
    """A file as other programs have it."""
    file = tmp_path / "mcp.json"
    weather = {"command": sys.executable, "args": ["-S", str(FAKE)], "autoApprove": ["get_weather"]}
    file.write_text(json.dumps({"mcpServers": {"weather": weather, "off": {"command": "x", "disabled": True}}}))
    return file


@pytest.mark.slow
def test_where_nobody_can_be_asked_nothing_is_called(servers: Path) -> None:
    refused = call("run", "builtin", QUESTION, *GREEDY, "--mcp", servers)
    assert refused.returncode == 0
    assert "Not called, as nobody can be asked: weather/get_weather. --mcp-allow weather/get_weather" in refused.stderr
    assert "sunny" not in refused.stdout


@pytest.mark.slow
def test_what_is_allowed_is_called(servers: Path) -> None:
    allowed = call("run", "builtin", QUESTION, *GREEDY, "--mcp", servers, "--mcp-allow", "weather/get_weather")
    assert (allowed.returncode, allowed.stderr) == (0, "")
    assert "sunny" in allowed.stdout


@pytest.mark.slow
def test_a_person_is_asked_until_they_say_always(servers: Path, home: Path) -> None:
    terminal = Terminal("run", "builtin", "--temperature", "0", "--max-tokens", "60", "--mcp", servers, columns=120)
    terminal.wait_for_prompt()
    asked = terminal.say(QUESTION)
    assert 'The model wants to call weather/get_weather with {"city": "Paris"}' in asked
    assert "Please type y, n or a." in terminal.say("perhaps")
    said = terminal.say("n")
    assert "the user refused this call" in said
    terminal.say("/reset")
    terminal.say(QUESTION)
    assert "sunny" in terminal.say("a")
    terminal.say("/reset")
    again = terminal.say(QUESTION)
    assert "wants to call" not in again
    assert "sunny" in again
    assert "get_weather" in terminal.say("/tools")
    terminal.child.send("\x04")
    terminal.end()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("{", "this is no JSON"),
        ("{}", 'it has no "mcpServers"'),
        ('{"mcpServers": {"a": {}}}', "a server has either a `command` or a `url`"),
        (
            '{"mcpServers": {"a": {"command": "x", "env": {"A_B": 1}}}}',
            "Option 'env.A_B' is invalid: expected `str`, got",
        ),
        ('{"mcpServers": {"a": {"command": "x", "envFile": ".env"}}}', "write its variables into `env`"),
        ('{"mcpServers": {"a": {"command": "x", "args": ["${input:key}"]}}}', "name a variable of the environment"),
        ('{"mcpServers": {"a": {"url": "file:///etc/passwd"}}}', "it must begin with http:// or https://"),
        ('{"mcpServers": {"a": {"command": "x", "disabled": "yes"}}}', "'disabled' of the server 'a' must be true or"),
        ('{"mcpServers": {"a b": {"command": "x"}, "a/b": {"command": "y"}}}', "'a/b' would be called 'a-b' here"),
        (" " * (1 << 20) + "{}", "larger than 1 MiB"),
    ],
)
def test_a_mistake_in_the_file_is_told(tmp_path: Path, said: str, why: str) -> None:
    file = tmp_path / "mcp.json"
    file.write_text(said)
    with pytest.raises(ConfigurationError, match=str(file)) as raised:
        read_mcp_servers(file)
    assert why in str(raised.value)


def test_names_that_are_not_ours_are_kept_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "mcp.json"
    variables, headers = {"api_key": "1", "API_KEY": "2"}, {"x_api_key": "3"}
    here, there = {"command": "x", "env": variables}, {"url": "http://x", "headers": headers}
    file.write_text(json.dumps({"mcpServers": {"here": here, "there": there}}))
    read = read_mcp_servers(file)
    assert (read["here"].env, read["there"].headers) == (variables, headers)


def test_a_name_that_no_file_has_is_told() -> None:
    with pytest.raises(ConfigurationError, match="embedded null"):
        read_mcp_servers("a\0b")
