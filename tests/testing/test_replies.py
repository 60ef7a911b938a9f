"""A fake model says what it was told, through the code that a real one's answers go through."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from msgspec import Struct
from pydantic import BaseModel

from llama_worker import Model, errors
from llama_worker.engine.api import endpoints
from llama_worker.testing import FakeCall, FakeModel, FakeReply, FakeRequest, Gate, fitting_reply

MESSAGES = [{"role": "user", "content": "Hi"}]


@dataclass
class Person:
    name: str
    age: int


class Packed(Struct):
    name: str
    age: int


class Checked(BaseModel):
    name: str
    age: int


def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


@pytest.mark.parametrize("given", [3, None, b"bytes", object(), ["a text", object()]])
def test_what_is_no_reply_is_refused_where_it_is_given(given: Any) -> None:
    for give in (FakeModel, FakeModel().add, lambda reply: FakeModel().when("hi", reply)):
        with pytest.raises(TypeError, match="is no reply"):
            give(given)


def test_words_that_mean_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="then='again' is none of"):
        FakeModel("Hello!", then="again")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="kind='rerank' is none of"):
        FakeModel(kind="rerank")  # type: ignore[arg-type]


async def test_replies_come_in_their_order_and_as_tokens() -> None:
    async with FakeModel("Hello there!", "Fine.") as model:
        assert isinstance(model, Model)
        session = await model.create_session(system_prompt="Be kind.")
        assert [text async for text in session.prompt("Hi")] == ["Hello", " there", "!"]
        reply = await session.prompt("How are you?")
        assert (reply.text, reply.finish_reason) == ("Fine.", "stop")
        assert reply.usage.completion_tokens == 2
        assert reply.usage.cached_tokens > 0
        assert await model.count_tokens("How are you?") == 4


async def test_requests_are_remembered_in_the_callers_words() -> None:
    fake = FakeModel("one", lambda request: f"You said {request.text}, and {request.system}.")
    async with fake as model:
        session = await model.create_session(system_prompt="be kind")
        await session.prompt("a")
        assert (await session.prompt("b", functions=[get_weather], max_tokens=40, temperature=0)).text == (
            "You said b, and be kind."
        )
    first, second = fake.requests
    assert first.text == "a"
    assert second.functions == ("get_weather",)
    assert (second.max_tokens, second.body["temperature"]) == (40, 0)
    assert [message["role"] for message in second.messages] == ["system", "user", "assistant", "user"]
    fake.check()


async def test_a_call_is_made_and_its_result_is_seen() -> None:
    fake = FakeModel(FakeCall("get_weather", {"city": "Lisbon"}), lambda request: f"It is {request.results[0]}.")
    async with fake as model:
        session = await model.create_session()
        reply = await session.prompt("The weather in Lisbon?", functions=[get_weather])
    assert reply.text == "It is sunny in Lisbon."


VALUES = [
    Person("Maria", 31),
    Packed("Maria", 31),
    Checked(name="Maria", age=31),
    {"name": "Maria", "age": 31},
    '{"name": "Maria", "age": 31}',
]


@pytest.mark.parametrize("given", VALUES, ids=lambda given: type(given).__name__)
async def test_a_value_is_said_as_json(given: Person | Packed | Checked | dict[str, Any] | str) -> None:
    async with FakeModel(given) as model:
        reply = await model.chat([{"role": "user", "content": "Who?"}], response_format=Person)
    assert reply.parsed == Person("Maria", 31)


@pytest.mark.parametrize("budget", [None, 0])
async def test_without_replies_it_says_what_fits(budget: int | None) -> None:
    async with FakeModel() as model:
        messages = [{"role": "user", "content": "Who?"}]
        reply = await model.chat(messages, response_format=Person, reasoning_budget=budget)
        assert reply.parsed == Person("name" if budget is None else "", 0)  # a grammar tells no names
        assert (await model.chat(messages)).text == "This is a fake answer to: Who?"
        session = await model.create_session()
        called = await session.prompt("Weather?", functions=[get_weather], function_choice="required")
        assert called.text == "The functions gave: sunny in city."
        grammar = 'root ::= "yes" | ("n" "o") | "perhaps" [a-z]+'
        assert (await model.chat(messages, grammar=grammar)).text == "no"


async def test_two_calls_at_once_where_calls_must_be_made() -> None:
    calls = [FakeCall("get_weather", {"city": "Lisbon"}), FakeCall("get_weather", {"city": "Porto"})]
    async with FakeModel(calls) as model:
        reply = await model.chat(
            [{"role": "user", "content": "?"}], functions=[{"name": "get_weather"}], function_choice="required"
        )
    assert [call.arguments for call in reply.tool_calls] == ['{"city": "Lisbon"}', '{"city": "Porto"}']


async def test_text_where_a_call_must_be_made_is_a_mistake_of_the_test() -> None:
    async with FakeModel("no call") as model:
        with pytest.raises(errors.EngineRequestError, match="demands a call"):
            await model.chat([{"role": "user", "content": "?"}], functions=[{"name": "f"}], function_choice="required")


async def test_reasoning_comes_apart_and_counts() -> None:
    async with FakeModel(FakeReply("Two.", reasoning="one and one")) as model:
        reply = await model.chat([{"role": "user", "content": "1+1?"}])
    assert (reply.reasoning, reply.text) == ("one and one", "Two.")
    assert reply.usage.completion_tokens == 5


async def test_an_answer_may_be_slow_and_tell_other_counts() -> None:
    async with FakeModel(FakeReply("a b", delay=0.001, prompt_tokens=9000, completion_tokens=700)) as model:
        reply = await model.chat(MESSAGES)
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (9000, 700)
    assert reply.timings.completion_seconds > 0


async def test_an_answer_stops_where_a_real_one_would() -> None:
    async with FakeModel("one two three four", then="repeat", context_size=64) as model:
        messages = [{"role": "user", "content": "Count."}]
        limited = await model.chat(messages, max_tokens=2)
        assert (limited.text, limited.finish_reason) == ("one two", "length")
        stopped = await model.chat(messages, stop_sequences=["three"])
        assert (stopped.text, stopped.finish_reason) == ("one two ", "stop_sequence")
        filled = await model.chat([{"role": "user", "content": "word " * 54}])
        assert filled.finish_reason == "length"
        with pytest.raises(errors.ContextOverflowError):
            await model.chat([{"role": "user", "content": "word " * 100}])


async def test_a_gate_holds_the_answer_until_it_is_aborted() -> None:
    gate = Gate()
    async with FakeModel(["Hello ", gate, "there"], "again") as model:
        session = await model.create_session()
        answer = session.prompt("Hi")
        await gate.reached()
        answer.abort()
        with pytest.raises(errors.OperationAborted) as aborted:
            await answer
        assert aborted.value.partial.text == "Hello "
        assert (await session.prompt("Hi?")).text == "again"


async def test_an_aborted_answer_is_not_said_again() -> None:
    gate = Gate()
    async with FakeModel(["Hello ", gate, "there"], "another") as model:
        answer = model.chat(MESSAGES)
        await gate.reached()
        answer.abort()
        await answer.wait()
        assert (await model.chat(MESSAGES)).text == "another"


async def test_the_fake_engine_knows_every_path_that_the_real_one_is_asked() -> None:
    paths = [path for name, path in vars(endpoints).items() if name.isupper() and str(path).startswith("/")]
    assert len(paths) > 10
    unknown: list[str] = []
    async with FakeModel("said", then="repeat") as model, model.runtime.borrow_engine() as engine:
        for path in paths:
            try:
                await engine.request(path, {})
            except errors.EngineRequestError as error:  # an empty body is no request
                unknown += [path] if error.status == 404 else []
    assert not unknown


async def test_a_paused_answer_goes_on_where_it_was() -> None:
    gate = Gate()
    async with FakeModel(["Hello ", gate, "there ", "you"]) as model:
        session = await model.create_session()
        answer = session.prompt("Hi")
        await gate.reached()
        answer.pause()
        while answer.state != "paused":
            await asyncio.sleep(0)
        gate.open()
        answer.resume()
        assert (await answer).text == "Hello there you"


async def test_rules_go_first_and_last_for_ever() -> None:
    fake = FakeModel("something else").when("weather", "Sunny.").when(lambda request: "!" in request.text, "Calm down.")
    async with fake as model:
        said = [
            (await model.chat([{"role": "user", "content": text}])).text
            for text in ("The WEATHER?", "Hey!", "The weather again", "Hm")
        ]
    assert said == ["Sunny.", "Calm down.", "Sunny.", "something else"]


async def test_what_follows_the_last_reply() -> None:
    async def said(fake: FakeModel) -> list[str]:
        async with fake as model:
            return [(await model.chat([{"role": "user", "content": "?"}])).text for _ in range(3)]

    assert await said(FakeModel("a", "b", then="repeat")) == ["a", "b", "b"]
    assert await said(FakeModel("a", "b", then="cycle")) == ["a", "b", "a"]
    assert await said(FakeModel("a", lambda _: "f")) == ["a", "f", "f"]
    assert (await said(FakeModel("a", fitting_reply)))[1:] == ["This is a fake answer to: ?"] * 2
    fake = FakeModel("a", "b")
    with pytest.raises(errors.EngineRequestError, match="no reply left: it was given 2"):
        await said(fake)
    with pytest.raises(AssertionError, match="no reply left"):
        fake.check()


async def test_replies_that_nobody_asked_for_are_told() -> None:
    with pytest.raises(AssertionError, match="1 replies"):
        FakeModel("never").check()


async def test_a_function_that_raises_is_told() -> None:
    def broken(request: FakeRequest) -> str:
        raise ValueError("oh")

    fake = FakeModel(broken)
    async with fake as model:
        with pytest.raises(errors.EngineRequestError, match="ValueError: oh"):
            await model.chat([{"role": "user", "content": "?"}])
    with pytest.raises(AssertionError, match="oh"):
        fake.check()


async def test_texts_are_completed_and_gaps_filled() -> None:
    fake = FakeModel(" upon a time", "pass")
    async with fake as model:
        assert (await model.complete("Once")).text == " upon a time"
        assert (await model.infill("def f():\n    ", "\n")).text == "pass"
    assert fake.requests[0].prompt == "Once"


async def test_vectors_and_scores_mean_something() -> None:
    async with FakeModel(kind="embedding") as model:
        cat, cats, physics = await model.embed(["a cat sat here", "the cat sat there", "quantum physics"])
        assert sum(cat * cats) > 0.4 > sum(cat * physics)
    async with FakeModel(kind="reranker") as model:
        best, *_ = await model.rerank("what is a cat", ["dogs bark", "a cat is an animal"])
        assert best.index == 1
    async with FakeModel(kind="embedding", dimensions=2, embed=lambda text: [1.0, 0.0]) as model:
        assert list(await model.embed("x")) == [1.0, 0.0]


async def test_a_session_is_saved_and_comes_back(tmp_path: object) -> None:
    async with FakeModel("first", "second") as model:
        session = await model.create_session()
        await session.prompt("Hi")
        await session.save(f"{tmp_path}/chat.llama")
        again = await model.load_session(f"{tmp_path}/chat.llama")
        assert (await again.prompt("more")).usage.cached_tokens > 0


def test_without_async() -> None:
    gate = Gate()
    with FakeModel(["Hello ", gate, "there"]) as model:
        answer = model.create_session().prompt("Hi")
        assert gate.wait_reached(10)
        gate.open()
        assert answer.result().text == "Hello there"
