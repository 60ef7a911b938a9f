"""The server's document: its example is an app that runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.http.server import fetch, serving

DOCUMENT = Path(__file__).parents[2] / "docs" / "server.md"


async def test_the_example_shares_one_worker_between_fastapi_and_the_server() -> None:
    block = re.search(r"^```python\n(.*?)^```$", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert block
    namespace: dict[str, Any] = {"__name__": "__server__"}
    exec(compile(block[1], str(DOCUMENT), "exec"), namespace)
    app = namespace["app"]
    async with app.router.lifespan_context(app), serving(app) as address:
        said = await fetch(address, "GET", "/hello")
        assert (said.status, type(said.json())) == (200, str)
        assert (await fetch(address, "GET", "/llm/v1/models")).status == 401
        key = {"Authorization": "Bearer a long secret"}
        assert [model["id"] for model in (await fetch(address, "GET", "/llm/v1/models", None, key)).json()["data"]]
        answer = await fetch(address, "POST", "/llm/v1/completions", {"prompt": "Hello!", "max_tokens": 4}, key)
        assert answer.json()["usage"]["completion_tokens"] == 4
    assert not namespace["worker"].models
