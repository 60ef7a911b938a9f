"""Abilities, mixed into conversations of one to many turns."""

import random
from collections.abc import Callable, Iterator

from training.world import phrases
from training.world.about import about
from training.world.arithmetic import arithmetic
from training.world.chat import LANGUAGES, Chat, Conversation, Phrases
from training.world.echo import echo, paste
from training.world.facts import facts
from training.world.follow_up import follow_up
from training.world.listing import listing
from training.world.memory import memory, recall, tell
from training.world.persona import dress, nobody_home, persona
from training.world.small_talk import goodbye, hello, small_talk, thanks, who
from training.world.structured import SYSTEM as JSON_SYSTEM
from training.world.structured import structured
from training.world.tools import no_tool, offer, sum_tool, tools
from training.world.unknown import unknown

Turn = Callable[[Chat], None]

PLAIN: dict[Turn, float] = {
    hello: 4,
    small_talk: 8,
    who: 4,
    about: 23,
    memory: 17,
    arithmetic: 26,
    facts: 11,
    listing: 14,
    unknown: 14,
    thanks: 2,
    follow_up: 24,
    structured: 3,
    no_tool: 1.5,
    nobody_home: 0.7,
    echo: 8,
    paste: 0.6,
}
IN_PERSONA: dict[Turn, float] = {
    persona: 45,
    small_talk: 5,
    about: 5,
    memory: 9,
    arithmetic: 8,
    facts: 5,
    listing: 4,
    unknown: 8,
    thanks: 3,
    follow_up: 3,
}
WITH_TOOLS: dict[Turn, float] = {
    tools: 70,
    hello: 3,
    small_talk: 5,
    about: 4,
    memory: 6,
    facts: 3,
    listing: 2,
    unknown: 3,
    thanks: 4,
    no_tool: 3,
}
WITH_JSON: dict[Turn, float] = {structured: 90, thanks: 4, small_talk: 3, about: 3}

TEXT = phrases.load("mix")

NEUTRAL: Phrases = TEXT["NEUTRAL"]
DIRECTIVE: Phrases = TEXT["DIRECTIVE"]


def _system(chat: Chat, text: str) -> None:
    chat.messages.insert(0, {"role": "system", "content": text})


def _neutral(chat: Chat, probability: float) -> None:
    """A system prompt that changes nothing, in either language."""
    if chat.chance(probability):
        asking = chat.ask
        chat.ask = asking if chat.chance(0.8) else chat.rng.choice(LANGUAGES)
        _system(chat, chat.wording(NEUTRAL))
        chat.ask = asking


def _length(rng: random.Random) -> int:
    """Turns: mostly few, now and then many."""
    if rng.random() < 0.03:
        return rng.randint(10, 30)
    return rng.choices((1, 2, 3, 4, 6, 8), (30, 24, 20, 12, 8, 6))[0]


def _talk(chat: Chat, weights: dict[Turn, float], turns: int, switch: float = 0.0) -> None:
    chosen = chat.rng.choices(list(weights), list(weights.values()), k=turns)
    for number, turn in enumerate(chosen):
        if switch and number and chat.chance(switch):
            chat.ask = chat.answer = "pt" if chat.ask == "en" else "en"
        if turn is follow_up and len(chat.messages) < 2:
            turn = hello
        turn(chat)
    if chat.chance(0.05):
        goodbye(chat)


def plain(chat: Chat) -> None:
    switch = 0.0
    if chat.chance(0.05):
        _system(chat, chat.rng.choice(DIRECTIVE[chat.answer]))
        chat.ask = chat.rng.choice(LANGUAGES)
        weights = {turn: weight for turn, weight in PLAIN.items() if turn is not structured}
        _talk(chat, weights, _length(chat.rng))
        return
    _neutral(chat, 0.3)
    if chat.chance(0.1):
        switch = 0.3
    _talk(chat, PLAIN, _length(chat.rng), switch)


def remembering(chat: Chat) -> None:
    """Something is told, other things are talked about, then it is asked for."""
    if chat.chance(0.1):
        dress(chat)
    else:
        _neutral(chat, 0.25)
    kinds = chat.rng.sample(["name", "city", "pet", "age", "job", "color", "food", "animal", "sport"], 2)
    if chat.chance(0.6) and "name" not in kinds:
        kinds[0] = "name"
    for kind in kinds[: chat.rng.randint(1, 2)]:
        tell(chat, kind)
    _talk(chat, {t: w for t, w in PLAIN.items() if t not in (structured, hello)}, chat.rng.choice((0, 0, 1, 2, 3)))
    for kind in list(chat.known["traits"]):
        recall(chat, kind)


def in_persona(chat: Chat) -> None:
    dress(chat)
    _talk(chat, IN_PERSONA, _length(chat.rng))


def with_tools(chat: Chat) -> None:
    offer(chat)
    weights = dict(WITH_TOOLS)
    if "sum" in chat.known["tools"]:
        weights[sum_tool] = 15
    elif "pair" not in chat.known["tools"]:
        weights[arithmetic] = 5
    _neutral(chat, 0.35)
    _talk(chat, weights, min(6, _length(chat.rng)))


def with_json(chat: Chat) -> None:
    if chat.chance(0.15):
        _system(chat, chat.wording(JSON_SYSTEM))
    else:
        _neutral(chat, 0.2)
    _talk(chat, WITH_JSON, chat.rng.choice((1, 1, 1, 2, 3)))


KINDS: dict[Turn, float] = {plain: 40, remembering: 9, in_persona: 18, with_tools: 17, with_json: 19}


def conversation(rng: random.Random) -> Conversation:
    """One conversation of the training world."""
    while True:
        language = rng.choice(LANGUAGES)
        chat = Chat(rng, language, language)
        rng.choices(list(KINDS), list(KINDS.values()))[0](chat)
        if chat.messages and chat.messages[-1]["role"] == "assistant":
            return Conversation(chat.messages, chat.tools)


def conversations(seed: int, count: int) -> Iterator[Conversation]:
    """The same conversations for the same seed."""
    rng = random.Random(seed)
    for _ in range(count):
        yield conversation(rng)


def copying(seed: int, count: int) -> Iterator[Conversation]:
    """Say it after me, and names to greet: what a young model should learn first."""
    rng = random.Random(f"copying {seed}")
    for _ in range(count):
        language = rng.choice(LANGUAGES)
        chat = Chat(rng, language, language)
        for _ in range(2):
            if chat.chance(0.65):
                echo(chat)
            else:
                tell(chat, rng.choice(["name", "name", "city", "pet"]))
        yield Conversation(chat.messages)
