"""The world that the built-in model is trained on: the same for a seed, and with a half that training never sees."""

import json
import random
import re
from itertools import islice

import pytest
from training.world import Chat, Conversation, conversations
from training.world.arithmetic import arithmetic
from training.world.chat import LANGUAGES
from training.world.memory import CHANCES, tell
from training.world.names import held_out as name_held_out
from training.world.persona import dress
from training.world.structured import sample, schema

COUNT = 1500
OPEN_SLOT = re.compile(r"\{\w\}|\[[^\]]*\|")


@pytest.fixture(scope="module")
def world() -> list[Conversation]:
    return list(conversations(7, COUNT))


def answers(conversation: Conversation) -> list[str]:
    return [m["content"] for m in conversation.messages if m["role"] == "assistant"]


def test_same_seed_same_conversations(world: list[Conversation]) -> None:
    again = conversations(7, COUNT)
    assert [c.messages for c in islice(again, 200)] == [c.messages for c in world[:200]]


def test_other_seed_other_conversations(world: list[Conversation]) -> None:
    assert [c.messages for c in conversations(8, 50)] != [c.messages for c in world[:50]]


def test_every_conversation_ends_with_the_assistant(world: list[Conversation]) -> None:
    assert all(c.messages[-1]["role"] == "assistant" for c in world)


def test_no_slot_is_left_open(world: list[Conversation]) -> None:
    for conversation in world:
        for message in conversation.messages:
            assert not OPEN_SLOT.search(message["content"]), message


def test_tool_calls_name_an_offered_tool_and_its_arguments(world: list[Conversation]) -> None:
    seen = 0
    for conversation in world:
        offered = {t["function"]["name"]: t["function"]["parameters"] for t in conversation.tools or []}
        for message in conversation.messages:
            for call in message.get("tool_calls", []):
                function = call["function"]
                parameters = offered[function["name"]]
                assert (
                    set(parameters["required"])
                    <= set(json.loads(function["arguments"]))
                    <= set(parameters["properties"])
                )
                seen += 1
    assert seen > COUNT / 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_the_test_half_never_occur_in_training(language: str) -> None:
    for test in (False, True):
        chat = Chat(random.Random(1), language, language, test=test)
        for _ in range(200):
            tell(chat, "name")
            assert name_held_out(chat.known["traits"]["name"][0]) == test


def test_sums_are_right() -> None:
    chat = Chat(random.Random(2))
    for _ in range(300):
        arithmetic(chat)
        left, right = chat.messages[-1]["content"].split(" = ")
        assert eval(left.replace("x", "*")) == int(right)


def test_personas_are_in_the_system_prompt() -> None:
    for seed in range(100):
        chat = Chat(random.Random(seed), "pt", "pt")
        dress(chat)
        assert chat.known["persona"]["n"] in chat.messages[0]["content"]


def test_a_schema_has_the_keys_of_its_data() -> None:
    chat = Chat(random.Random(3))
    for _ in range(100):
        _, data = sample(chat)
        assert list(schema(data)["properties"]) == list(data)


def test_every_trait_can_be_told() -> None:
    chat = Chat(random.Random(4))
    for kind in CHANCES:
        tell(chat, kind)
    assert set(chat.known["traits"]) == set(CHANCES)


def test_a_stumble_spares_slots_and_the_words_that_carry_the_meaning() -> None:
    chat = Chat(random.Random(4))
    said = "Please remember that my favorite animal is {v}."
    stumbled = {chat.stumble(said) for _ in range(200)}
    assert len(stumbled) > 5
    assert all({"my", "{v}."} <= set(text.split()) for text in stumbled)
    assert chat.stumble("Who am I?") == "Who am I?"
