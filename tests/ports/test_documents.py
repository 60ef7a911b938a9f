"""docs/protocol.md: current, complete, and its transcripts are what a worker says."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from msgspec import convert

from llama_worker.messages import ENDS
from tests.ports.talk import TERMINAL, Json, Talk

DOCS = Path(__file__).parents[2] / "docs"
REPEATED = {"progress", "completion_chunk", "operation_event"}


@pytest.mark.slow
def test_the_generated_documents_are_current() -> None:
    """`make check` tells the same every day."""
    done = subprocess.run(
        [sys.executable, "-m", "generators", "--check"], cwd=DOCS.parent, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def test_every_link_within_the_protocol_leads_somewhere() -> None:
    text = (DOCS / "protocol.md").read_text(encoding="utf-8")
    headings = {line.lstrip("# ").lower().replace(" ", "-") for line in text.splitlines() if line.startswith("#")}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings


def flows() -> dict[str, list[tuple[str, Json]]]:
    """The transcripts by their title."""
    parts = re.findall(r"^### (.+?)\n\n```\n(.*?)```", (DOCS / "flows.md").read_text(), re.DOTALL | re.MULTILINE)
    return {title: [(line[0], json.loads(line[2:])) for line in text.splitlines()] for title, text in parts}


def by_id(messages: list[Json]) -> dict[Any, list[Json]]:
    """What was said under each id, with repetitions (more chunks, more progress) as one."""
    said: dict[Any, list[Json]] = defaultdict(list)
    for message in messages:
        before = said[message.get("id")]
        if not before or message["type"] not in REPEATED or before[-1]["type"] != message["type"]:
            before.append(message)
    return said


def shape(messages: dict[Any, list[Json]]) -> dict[Any, list[tuple[str, ...]]]:
    """Types and field names: what a transcript promises."""
    return {id: [(message["type"], *sorted(message)) for message in said] for id, said in messages.items()}


@pytest.mark.parametrize("title", flows())
async def test_a_flow_is_what_a_worker_says(talk: Talk, title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every message with every field, in its order under its id."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    await talk.until(lambda message: message["type"] == "info")
    talk.heard.clear()
    expected: list[Json] = []
    for direction, message in [*flows()[title], (">", {})]:
        if direction == "<":
            expected.append(message)
            continue
        await until_heard(talk, expected)
        if message.get("type") == "function_result":
            message["callId"] = next(heard["callId"] for heard in talk.heard if heard["type"] == "function_call")
        if message:
            await talk.send(**message)
    assert shape(by_id(talk.heard)) == shape(by_id(expected))


@pytest.mark.parametrize("title", flows())
def test_a_flow_ends_as_the_types_say(title: str) -> None:
    """Each request with one of its last messages, and a value of its type."""
    kinds = {str(kind.__struct_config__.tag): kind for kind in ENDS}
    said = [message for direction, message in flows()[title] if direction == "<" and message["type"] in TERMINAL]
    for request in (message for direction, message in flows()[title] if direction == ">" and "id" in message):
        end = next(message for message in said if message.get("id") == request["id"])
        if end["type"] == "error":
            continue
        messages, value = ENDS[kinds[request["type"]]]
        assert end["type"] in {kind.__struct_config__.tag for kind in messages}
        if end["type"] == "result":
            convert(end.get("value"), value)


async def until_heard(talk: Talk, expected: list[Json]) -> None:
    """Wait until as much was said under each id as the transcript has."""
    async with asyncio.timeout(60):
        while any(len(by_id(talk.heard)[id]) < len(said) for id, said in by_id(expected).items()):
            await asyncio.sleep(0.01)
