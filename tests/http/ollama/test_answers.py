"""`/api/chat`, `/api/generate` and the embeddings, as Ollama's clients ask for them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llama_worker.http.dialects import undone
from tests.http.ollama.conftest import SHORT, Asking

HEADER = undone.HEADER.lower()
pytestmark = pytest.mark.asyncio(loop_scope="module")
HELLO = [{"role": "user", "content": "Hello!"}]
WEATHER = [{"role": "user", "content": "What is the weather in Lisbon?"}]
SAID = "Extract the person as JSON: Maria is 31 years old."
EXTRACT = [{"role": "user", "content": SAID}]
RAW = "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"
NUMBERED = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The current weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


async def test_a_chat_is_the_same_streamed_and_whole(ollama: Asking) -> None:
    whole = await ollama.whole("chat", {"messages": HELLO})
    *pieces, last = await ollama.lines("chat", {"messages": HELLO})
    text = "".join(piece["message"]["content"] for piece in pieces)
    assert text == whole["message"]["content"] != ""
    assert [piece["done"] for piece in pieces] == [False] * len(pieces)
    assert all(piece["model"] == "builtin" and piece["created_at"].endswith("Z") for piece in [*pieces, last])
    assert (last["done"], last["done_reason"], last["message"]["content"]) == (True, "stop", "")
    for end in (whole, last):
        assert end["prompt_eval_count"] > 0
        assert end["eval_count"] > 0
        assert end["total_duration"] >= end["load_duration"] > 0


async def test_generate_answers_a_prompt_as_a_chat_would(ollama: Asking) -> None:
    chat = await ollama.whole("chat", {"messages": [{"role": "system", "content": "Be kind."}, *HELLO]})
    generated = await ollama.whole("generate", {"prompt": "Hello!", "system": "Be kind."})
    assert generated["response"] == chat["message"]["content"]
    pieces = await ollama.lines("generate", {"prompt": "Hello!", "system": "Be kind."})
    assert "".join(piece["response"] for piece in pieces) == generated["response"]


async def test_a_raw_prompt_is_continued_as_it_stands(ollama: Asking) -> None:
    raw = await ollama.whole("generate", {"prompt": RAW.format("Hello!"), "raw": True})
    assert raw["response"] == (await ollama.whole("chat", {"messages": HELLO, "options": SHORT}))["message"]["content"]


async def test_answers_end_where_they_are_told_to(ollama: Asking) -> None:
    short = await ollama.whole("chat", {"messages": HELLO, "options": {"num_predict": 2, "temperature": 0}})
    assert (short["done_reason"], short["eval_count"]) == ("length", 2)
    stopped = await ollama.whole("chat", {"messages": HELLO, "options": SHORT | {"stop": ["How"]}})
    assert (stopped["message"]["content"].strip(), stopped["done_reason"]) == ("Hello!", "stop")


async def test_calls_have_arguments_that_are_objects_and_their_results_come_back(ollama: Asking) -> None:
    options = {"temperature": 0}
    whole = await ollama.whole("chat", {"messages": WEATHER, "tools": [TOOL], "options": options})
    (call,) = whole["message"]["tool_calls"]
    assert call["function"] == {"index": 0, "name": "get_weather", "arguments": {"city": "Lisbon"}}
    pieces = await ollama.lines("chat", {"messages": WEATHER, "tools": [TOOL], "options": options})
    streamed = [one for piece in pieces for one in piece["message"].get("tool_calls", [])]
    assert [one["function"] for one in streamed] == [call["function"]]
    result = {"role": "tool", "content": "sunny, 24 degrees", "tool_name": "get_weather"}
    without_id = {**whole["message"], "tool_calls": [{"function": call["function"]}]}
    told = await ollama.whole("chat", {"messages": [*WEATHER, without_id, result], "tools": [TOOL], "options": options})
    assert "sunny" in told["message"]["content"]


@pytest.mark.parametrize("form", ["json", NUMBERED])
@pytest.mark.parametrize(
    ("path", "asked"), [("chat", {"messages": EXTRACT}), ("generate", {"prompt": RAW.format(SAID), "raw": True})]
)
async def test_forms_are_kept_to(ollama: Asking, form: Any, path: str, asked: dict[str, Any]) -> None:
    whole = await ollama.whole(path, asked | {"format": form, "options": {"temperature": 0, "num_predict": 200}})
    text = whole["response"] if path == "generate" else whole["message"]["content"]
    value = json.loads(text)
    assert isinstance(value, dict)
    assert form == "json" or isinstance(value["age"], int)


async def test_logprobs_come_with_the_tokens(ollama: Asking) -> None:
    whole = await ollama.whole("chat", {"messages": HELLO, "logprobs": True, "top_logprobs": 2})
    assert "".join(token["token"] for token in whole["logprobs"]).startswith(whole["message"]["content"])
    assert {len(token["top_logprobs"]) for token in whole["logprobs"]} == {2}
    pieces = await ollama.lines("generate", {"prompt": "The", "raw": True, "logprobs": True})
    assert sum(len(piece.get("logprobs", [])) for piece in pieces) == pieces[-1]["eval_count"]


async def test_a_conversation_that_is_too_long_loses_its_oldest_messages(ollama: Asking) -> None:
    system = {"role": "system", "content": "Be kind."}
    old = [{"role": "user", "content": "word " * 80}, {"role": "assistant", "content": "Yes."}] * 12
    whole = await ollama.whole("chat", {"messages": [system, *old, *HELLO]})
    assert 0 < whole["prompt_eval_count"] < 512
    assert "tokens" in (await ollama.whole("chat", {"messages": [*old, *HELLO], "truncate": False}, 400))["error"]
    alone = {"messages": [{"role": "user", "content": "word " * 1000}]}
    assert "tokens" in (await ollama.whole("chat", alone, 400))["error"]


async def test_what_is_not_done_is_told(ollama: Asking) -> None:
    options = SHORT | {"num_keep": 4, "num_ctx": 100_000, "num_thread": 99, "use_mmap": True}
    asked = {"model": "builtin", "messages": HELLO, "options": options, "shift": True, "keep_alive": "5m"}
    for stream in (True, False):
        answer = await ollama.send("chat", asked | {"stream": stream})
        told = set(answer.headers[HEADER].split(", "))
        assert told >= {"options.num_keep", "options.use_mmap", "shift"}, told
    assert HEADER not in (await ollama.send("chat", {"model": "builtin", "messages": HELLO, "options": SHORT})).headers


@pytest.mark.parametrize(
    ("path", "asked", "said"),
    [
        ("chat", {"options": {"temprature": 1}}, "did you mean `temperature`?"),
        ("chat", {"options": {"temperature": "hot"}}, "temperature"),
        ("chat", {"think": True, "messages": HELLO}, '"builtin" does not support thinking'),
        ("chat", {"think": "hard"}, "think"),
        ("chat", {"keep_alive": "soon"}, "keep_alive"),
        ("chat", {"messages": [{"role": "user", "content": "x", "images": ["?"]}]}, "messages[0].images[0]"),
        ("chat", {"messages": [{"role": "user", "content": "x", "images": ["AAAA"]}]}, "messages[0]"),
        ("chat", {"messages": HELLO, "tools": [{}]}, "tool"),
        ("chat", {"messages": "Hello!"}, "messages"),
        ("generate", {"prompt": "x", "template": "{{ .Prompt }}"}, "template"),
        ("generate", {"prompt": "x", "context": [1, 2]}, "context"),
        ("generate", {"prompt": "x", "raw": True, "system": "y"}, "raw"),
        ("generate", {"prompt": "x", "suffix": "y"}, "fill in the middle"),
        ("embed", {"input": ["a"], "dimensions": 100_000}, "dimensions"),
        ("embed", {"input": "word " * 6000, "truncate": False}, "tokens"),
    ],
)
async def test_what_cannot_be_is_refused_in_ollamas_form(
    ollama: Asking, path: str, asked: dict[str, Any], said: str
) -> None:
    answer = await ollama.send(path, {"model": "builtin"} | asked)
    assert (answer.status, list(answer.json())) == (400, ["error"])
    assert said in answer.json()["error"]


async def test_a_model_that_is_not_here_is_404_in_the_words_that_clients_look_for(ollama: Asking) -> None:
    for path in ("chat", "generate", "embed", "show"):
        answer = await ollama.send(path, {"model": "llama3.2", "messages": HELLO, "prompt": "x", "input": "x"})
        assert answer.status == 404
        assert "model 'llama3.2' not found" in answer.json()["error"]


async def test_embeddings(ollama: Asking) -> None:
    two = await ollama.whole("embed", {"input": ["one", "two"], "dimensions": 8})
    assert [len(vector) for vector in two["embeddings"]] == [8, 8]
    assert sum(number**2 for number in two["embeddings"][0]) == pytest.approx(1, abs=1e-3)
    assert two["prompt_eval_count"] >= 2
    assert (await ollama.whole("embed", {"input": "word " * 6000}))["prompt_eval_count"] <= 2048
    assert (await ollama.whole("embed", {"input": []}))["embeddings"] == []
    old = (await ollama.whole("embeddings", {"prompt": "one"}))["embedding"]
    assert sum(number**2 for number in old) > 2  # as the model made it


async def test_curl_may_say_nothing_of_json_and_pages_must(ollama: Asking) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = json.dumps({"model": "builtin", "messages": HELLO, "options": SHORT}).encode()
    assert (await ollama.send("chat", body, **form)).status == 200
    host = f"http://127.0.0.1:{ollama.address.port}"
    for page in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Referer": host}, {"Sec-Fetch-Site": "none"}):
        assert (await ollama.send("chat", body, **form, **page)).status in (403, 415)


async def test_a_prompt_of_nothing_loads_the_model(ollama: Asking) -> None:
    for path in ("chat", "generate"):
        assert (await ollama.whole(path, {}))["done_reason"] == "load"
