"""The generating routes, with the real engine behind a real socket."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.http.server import Address, events, fetch

HELLO = [{"role": "user", "content": "Hello!"}]
GREEDY = {"temperature": 0, "max_tokens": 12}


async def chat(server: Address, **fields: Any) -> Any:
    answer = await fetch(server, "POST", "/v1/chat/completions", {"messages": HELLO} | GREEDY | fields)
    assert answer.status == 200, answer.body
    return answer


async def test_a_stream_says_what_a_whole_answer_says(server: Address) -> None:
    whole = (await chat(server)).json()
    chunks = events((await chat(server, stream=True, stream_options={"include_usage": True})).body)
    text = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks if chunk["choices"])
    assert whole["choices"][0]["message"]["content"] == text != ""
    assert chunks[-1]["usage"]["completion_tokens"] == whole["usage"]["completion_tokens"]
    assert whole["object"] == "chat.completion"
    assert whole["choices"][0]["finish_reason"] in ("stop", "length")


async def test_the_engines_own_progress_reaches_no_client(server: Address) -> None:
    answer = await chat(server, stream=True)
    assert b"prompt_progress" not in answer.body
    assert answer.body.endswith(b"data: [DONE]\n\n")
    assert answer.headers["content-type"].startswith("text/event-stream")


async def test_answers_name_the_model_and_no_path(server: Address) -> None:
    assert (await chat(server)).json()["model"] == "builtin"
    assert all(chunk["model"] == "builtin" for chunk in events((await chat(server, stream=True)).body))


async def test_several_choices_come_in_order_and_their_tokens_add_up(server: Address) -> None:
    answer = (await chat(server, n=2, max_tokens=5)).json()
    assert [choice["index"] for choice in answer["choices"]] == [0, 1]
    assert all(choice["message"]["content"] for choice in answer["choices"])
    assert 5 < answer["usage"]["completion_tokens"] <= 10


async def test_logprobs_of_a_whole_answer_cover_every_token(server: Address) -> None:
    answer = (await chat(server, logprobs=True, top_logprobs=2, max_tokens=3)).json()
    assert len(answer["choices"][0]["logprobs"]["content"]) == 3


async def test_a_schema_makes_the_answer_follow_it(server: Address) -> None:
    schema = {"type": "object", "properties": {"name": {"enum": ["Ada"]}}, "required": ["name"]}
    wanted = {"type": "json_schema", "json_schema": {"name": "person", "schema": schema}}
    answer = (await chat(server, response_format=wanted, max_tokens=40)).json()
    assert "Ada" in answer["choices"][0]["message"]["content"]


async def test_a_choice_of_one_tool_calls_that_tool(server: Address) -> None:
    names = ("get_weather", "lookup_weather")
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    tools = [{"type": "function", "function": {"name": name, "parameters": schema}} for name in names]
    choice = {"type": "function", "function": {"name": "lookup_weather"}}
    question = [{"role": "user", "content": "What is the weather in Paris?"}]
    answer = (await chat(server, messages=question, tools=tools, tool_choice=choice, max_tokens=60)).json()
    assert answer["choices"][0]["message"]["tool_calls"][0]["function"]["name"] == "lookup_weather"
    assert answer["choices"][0]["finish_reason"] == "tool_calls"


async def test_a_text_completion_streams_and_comes_whole(server: Address) -> None:
    body = {"prompt": "The", "max_tokens": 6, "temperature": 0}
    whole = (await fetch(server, "POST", "/v1/completions", body)).json()
    chunks = events((await fetch(server, "POST", "/v1/completions", body | {"stream": True})).body)
    assert whole["choices"][0]["text"] == "".join(chunk["choices"][0]["text"] for chunk in chunks)
    assert whole["usage"]["completion_tokens"] == 6


async def test_several_prompts_give_as_many_completions(server: Address) -> None:
    body = {"prompt": ["The", "A"], "max_tokens": 3}
    answer = (await fetch(server, "POST", "/v1/completions", body)).json()
    assert [choice["index"] for choice in answer["choices"]] == [0, 1]


async def test_a_response_is_complete_and_its_events_are_numbered(server: Address) -> None:
    body = {"input": "Hello!", "temperature": 0, "max_output_tokens": 5}
    whole = (await fetch(server, "POST", "/v1/responses", body)).json()
    stream = events((await fetch(server, "POST", "/v1/responses", body | {"stream": True})).body)
    assert [event["sequence_number"] for event in stream] == list(range(len(stream)))
    deltas = [event for event in stream if event["type"] == "response.output_text.delta"]
    assert "".join(event["delta"] for event in deltas) == whole["output"][0]["content"][0]["text"]
    assert all(event["output_index"] == 0 for event in deltas)
    assert stream[0]["response"]["output"] == []
    assert whole["status"] == stream[-1]["response"]["status"] == "incomplete"
    assert stream[-1]["type"] == "response.incomplete"


async def test_anthropics_messages_stream_blocks_that_begin_and_end(server: Address) -> None:
    body = {"messages": HELLO, "temperature": 0, "max_tokens": 5}
    whole = (await fetch(server, "POST", "/v1/messages", body)).json()
    stream = events((await fetch(server, "POST", "/v1/messages", body | {"stream": True})).body)
    assert [event["type"] for event in stream if "delta" not in event["type"]] == [
        "message_start",
        "content_block_start",
        "content_block_stop",
        "message_stop",
    ]
    text = "".join(event["delta"].get("text", "") for event in stream if event["type"] == "content_block_delta")
    assert whole["content"] == [{"type": "text", "text": text}]
    assert whole["stop_reason"] == "max_tokens"
    assert whole["usage"]["output_tokens"] == 5


async def test_anthropics_stop_sequence_is_named(server: Address) -> None:
    body = {"messages": HELLO, "temperature": 0, "max_tokens": 20, "stop_sequences": ["!"]}
    whole = (await fetch(server, "POST", "/v1/messages", body)).json()
    assert (whole["stop_reason"], whole["stop_sequence"]) == ("stop_sequence", "!")
    stream = events((await fetch(server, "POST", "/v1/messages", body | {"stream": True})).body)
    assert stream[-2]["delta"] == {"stop_reason": "stop_sequence", "stop_sequence": "!"}


async def test_messages_are_counted_without_answering(server: Address) -> None:
    answer = await fetch(server, "POST", "/v1/messages/count_tokens", {"messages": HELLO, "system": "Be kind."})
    assert answer.json()["input_tokens"] > 5


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
async def test_a_prompt_that_does_not_fit_is_refused_before_the_answer_starts(server: Address, path: str) -> None:
    body = {"messages": [{"role": "user", "content": "Hello! " * 3000}], "stream": True, "max_tokens": 5}
    answer = await fetch(server, "POST", path, body)
    assert answer.status == 400
    assert "tokens" in answer.json()["error"]["message"]


async def test_embeddings_come_in_the_order_of_their_texts(server: Address) -> None:
    texts = ["one", "two", "three", "four", "five", "six"]
    answer = (await fetch(server, "POST", "/v1/embeddings", {"input": texts})).json()
    assert [item["index"] for item in answer["data"]] == list(range(6))
    alone = (await fetch(server, "POST", "/v1/embeddings", {"input": "six"})).json()
    assert alone["data"][0]["embedding"] == pytest.approx(answer["data"][5]["embedding"], abs=1e-3)
    assert answer["usage"]["prompt_tokens"] > alone["usage"]["prompt_tokens"]


async def test_text_becomes_tokens_and_text_again(server: Address) -> None:
    tokens = (await fetch(server, "POST", "/tokenize", {"content": "Hello there"})).json()["tokens"]
    assert (await fetch(server, "POST", "/detokenize", {"tokens": tokens})).json() == {"content": "Hello there"}


async def test_a_template_makes_text_of_messages(server: Address) -> None:
    answer = (await fetch(server, "POST", "/apply-template", {"messages": HELLO})).json()
    assert "Hello!" in answer["prompt"]
    assert answer.keys() == {"prompt"}


async def test_a_template_tells_the_control_tokens(server: Address) -> None:
    body = {"messages": HELLO, "with_pieces": True}
    shown = (await fetch(server, "POST", "/apply-template", body)).json()
    assert "".join(piece["text"] for piece in shown["pieces"]) == shown["prompt"]
    assert shown["pieces"][0] == {"text": "<|im_start|>", "control": True}
    usage = (await fetch(server, "POST", "/v1/chat/completions", {"messages": HELLO, "max_tokens": 1})).json()["usage"]
    assert len(shown["tokens"]) == usage["prompt_tokens"]
    whole, shorter = [
        (await fetch(server, "POST", "/apply-template", body | {"add_generation_prompt": opening})).json()["tokens"]
        for opening in (True, False)
    ]
    assert len(whole) > len(shorter)


async def test_what_a_model_cannot_do_is_said(server: Address) -> None:
    rerank = await fetch(server, "POST", "/v1/rerank", {"query": "a", "documents": ["b"]})
    assert (rerank.status, rerank.json()["error"]["code"]) == (400, "not_supported")
    infill = await fetch(server, "POST", "/infill", {"input_prefix": "a", "input_suffix": "b"})
    assert infill.status == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"messages": HELLO, "max_tokens": 5, "reasoning_effort": "much"}),
        ("/v1/responses", {"input": "Hello!", "max_output_tokens": 5, "reasoning": {"effort": "much"}}),
        ("/v1/messages", {"messages": HELLO, "max_tokens": 5, "output_config": {"effort": "much"}}),
    ],
)
async def test_every_dialect_says_how_hard_to_think(server: Address, path: str, body: dict[str, Any]) -> None:
    """One that there is none of is refused, which shows that each is read."""
    refused = await fetch(server, "POST", path, body)
    assert refused.status == 400
    assert "reasoning_effort is one of none, minimal" in refused.json()["error"]["message"]
    taken = json.loads(json.dumps(body).replace("much", "low"))
    assert (await fetch(server, "POST", path, taken)).status == 200


async def test_a_reproducible_answer_is_read_anew_each_time(server: Address) -> None:
    fields = {"reproducible": True, "temperature": 1.0}
    answers = [(await chat(server, **fields)).json() for _ in range(2)]
    assert len({answer["choices"][0]["message"]["content"] for answer in answers}) == 1
    assert {answer["timings"]["cache_n"] for answer in answers} == {0}
    refused = await fetch(server, "POST", "/v1/chat/completions", {"messages": HELLO, "n": 2} | fields)
    assert (refused.status, refused.json()["error"]["code"]) == (400, "not_reproducible")
