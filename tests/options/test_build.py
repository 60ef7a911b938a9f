"""What options are built of."""

from __future__ import annotations

from typing import Any

import pytest

from llama_worker.errors import InvalidOptionsError
from llama_worker.options import LlamaOptions, ModelOptions, Options, PromptOptions, build_options


@pytest.mark.parametrize(
    ("kind", "option"),
    [
        (PromptOptions, "seed"),
        (PromptOptions, "reasoning_effort"),
        (PromptOptions, "xtc"),
        (ModelOptions, "keep"),
        (ModelOptions, "rope"),
        (ModelOptions, "chat_template"),
        (LlamaOptions, "memory_budget"),
    ],
)
@pytest.mark.parametrize("key", [1, None, 0.5, (1, 2), b"a"])
def test_a_key_that_is_no_text_is_refused(kind: type[Options], option: str, key: Any) -> None:
    with pytest.raises(InvalidOptionsError) as caught:
        build_options(kind, None, {option: {key: 1}})
    assert caught.value.path == option


def test_an_option_whose_name_is_no_text_is_refused() -> None:
    changes: Any = {1: 1}
    with pytest.raises(InvalidOptionsError, match="name of a field is a text, not 1"):
        build_options(PromptOptions, None, changes)


@pytest.mark.parametrize(
    ("servers", "why"),
    [
        (
            {"good": {"command": "x"}, "bad": {"url": "x"}},
            r"'mcp_servers\.bad\.url' is invalid: it must begin with http",
        ),
        ({"bad": {"comand": "x"}}, r"'mcp_servers\.bad' is invalid: .*did you mean `command`"),
        ({"bad": {}}, r"'mcp_servers\.bad' is invalid: a server has either"),
        ({"a b": {"command": "x"}}, r"'mcp_servers' is invalid: one of its names .*: only letters, digits"),
    ],
)
def test_the_one_of_several_servers_that_is_wrong_is_named(servers: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidOptionsError, match=why):
        build_options(LlamaOptions, None, {"mcp_servers": servers})
