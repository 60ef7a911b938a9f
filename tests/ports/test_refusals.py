"""What a program in another language is told about a wrong name."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import fields

from llama_worker.messages import ErrorMessage
from llama_worker.options.hints import TAKERS
from llama_worker.options.paths import struct_at
from llama_worker.ports.codec import convert_request
from llama_worker.ports.refusals import REQUESTS, SAME_MEANING


@pytest.mark.parametrize(
    ("message", "path", "said"),
    [
        ({"options": {"temprature": 1}}, "options.temprature", "(did you mean `temperature`?)"),
        ({"options": {"stop": ["x"]}}, "options.stop", ": it is `stopSequences` here"),
        (
            {"options": {"n_ctx": 1}},
            "options.n_ctx",
            "`n_ctx`: it is `contextSize` here, an option of `load_model` and `create_context`",
        ),
        ({"options": {"onFunctionError": "rise"}}, "options.onFunctionError", """"report" or "raise", not 'rise'"""),
        ({"options": {"repeatPenalty": {"lastToken": 1}}}, "options.repeatPenalty.lastToken", "`lastTokens`?)"),
        ({"temperature": 1}, "temperature", "it belongs into `options`"),
        ({"max_tokens": 1}, "max_tokens", "`maxTokens` belongs into `options`"),
        ({"num_predict": 1}, "num_predict", "it is `maxTokens` here, in `options`"),
        ({"tools": []}, "tools", "(did you mean `functions`?)"),
        ({"sesion": "a"}, "sesion", "(did you mean `session`?)"),
        ({"type": "load_model", "model": "a"}, "model", "(did you mean `modelPath`?)"),
        ({"type": "load_model", "modelPath": "a", "options": {"n_gpu_layers": 1}}, None, "it is `gpuLayers` here"),
        (
            {"type": "worker:loadModel", "payload": {"modelPath": "a", "n_ctx": 1}},
            "payload.n_ctx",
            "`contextSize` here",
        ),
    ],
)
def test_a_wrong_field_is_met_with_the_right_one(message: dict[str, Any], path: str | None, said: str) -> None:
    refused = convert_request({"id": 1} | ({} if "type" in message else {"type": "prompt", "prompt": "x"}) | message)
    assert isinstance(refused, ErrorMessage)
    assert refused.id == 1
    assert refused.path == path or path is None
    assert refused.message.endswith(f"{said}.")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("promt", "Unknown message type: promt (did you mean `prompt`?)"),
        ("loadModel", "Unknown message type: loadModel (did you mean `load_model`?)"),
        ("teapot", "Unknown message type: teapot"),
    ],
)
def test_a_wrong_type_is_met_with_the_right_one(given: str, said: str) -> None:
    refused = convert_request({"type": given})
    assert isinstance(refused, ErrorMessage)
    assert refused.message == said


def test_hints_name_real_requests_and_fields() -> None:
    for taker in TAKERS:
        for request in taker.requests:
            if not request.startswith("llama-worker "):
                assert struct_at(REQUESTS[request], "options") is taker.kind
    every = {field.encode_name for struct in REQUESTS.values() for field in fields(struct)}
    for names in SAME_MEANING:
        assert names & every
