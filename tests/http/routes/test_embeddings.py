"""Vectors over HTTP, as the clients of others expect them."""

from __future__ import annotations

import base64
import re
import struct
from typing import Any

import pytest

from tests.http.server import Address, fetch


async def test_embeddings_as_openai_has_them(server: Address) -> None:
    """Shorter vectors, base64, and tokens in place of texts."""
    tokens = (await fetch(server, "POST", "/tokenize", {"content": "six"})).json()["tokens"]
    inputs: list[Any] = ["six", ["six", "six"], tokens, [tokens, "six"]]
    answers = [(await fetch(server, "POST", "/v1/embeddings", {"input": one})).json() for one in inputs]
    assert [len(answer["data"]) for answer in answers] == [1, 2, 1, 2]
    vector = answers[0]["data"][0]["embedding"]
    for answer in answers:
        assert answer["data"][0]["embedding"] == pytest.approx(vector, abs=1e-3)
    body = {"input": "six", "encoding_format": "base64", "dimensions": 8}
    text = base64.b64decode((await fetch(server, "POST", "/v1/embeddings", body)).json()["data"][0]["embedding"])
    short = struct.unpack("<8f", text)
    length = sum(number * number for number in vector[:8]) ** 0.5
    assert short == pytest.approx([number / length for number in vector[:8]], abs=1e-3)


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({"input": ["six", "long " * 3000]}, "context_length_exceeded", None),
        ({"input": "six", "dimensions": 5000}, "invalid_options", "dimensions"),
        ({"input": "six", "dimensions": 8, "embd_normalize": 0}, "invalid_options", "embd_normalize"),
        ({"input": [], "dimensions": 5}, "invalid_value", "input"),
        ({"input": [[1]] * 2049}, "invalid_value", "input"),
        ({"input": [1] * 2049}, "context_length_exceeded", None),
        ({"input": [1, [2]]}, "invalid_options", "input[0]"),
        ({"input": [[99999999]]}, "invalid_options", "tokens[0]"),
    ],
)
async def test_what_cannot_be_embedded_is_the_requests_fault(
    server: Address, body: dict[str, Any], code: str, param: str | None
) -> None:
    answer = await fetch(server, "POST", "/v1/embeddings", body)
    error = answer.json()["error"]
    assert (answer.status, error["code"], error["param"]) == (400, code, param)
    if "truncate" not in body and code == "context_length_exceeded":
        assert re.match(r"Text \d has", error["message"])
        assert (await fetch(server, "POST", "/v1/embeddings", body | {"truncate": True})).status == 200


async def test_embeddings_as_tei_has_them(server: Address) -> None:
    """The bare vectors."""
    whole = (await fetch(server, "POST", "/embed", {"inputs": ["six", "seven"]})).json()
    raw = (await fetch(server, "POST", "/embed", {"inputs": "six", "normalize": False})).json()
    openai = (await fetch(server, "POST", "/v1/embeddings", {"input": ["six", "seven"]})).json()
    assert whole[1] == pytest.approx(openai["data"][1]["embedding"], abs=1e-3)
    assert sum(number * number for number in whole[0]) == pytest.approx(1.0, abs=1e-4)
    assert sum(number * number for number in raw[0]) != pytest.approx(1.0, abs=1e-2)
