"""What the model is asked in the evaluation: the half of the world that training never sees."""

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from training.render import Message
from training.world import conversations
from training.world.about import about
from training.world.arithmetic import arithmetic
from training.world.chat import LANGUAGES, Chat
from training.world.echo import echo
from training.world.facts import facts
from training.world.follow_up import follow_up
from training.world.listing import count, lists, story
from training.world.memory import CHANCES, TRAITS, recall, tell
from training.world.mix import NEUTRAL
from training.world.persona import ASKED, INTRODUCED, NAMING, dress, persona
from training.world.small_talk import HOW_REPLY, asks_back, goodbye, small_talk, thanks, who
from training.world.structured import request, sample, schema
from training.world.tools import offer, tools
from training.world.unknown import unknown

NAMED, GREETED = ASKED["name"][1], ASKED["hello"][1]


@dataclass
class Case:
    """A dialogue whose last message is what the world would answer; `live` replays the rest with real answers."""

    ability: str
    language: str
    messages: list[Message]
    tools: list[Message] | None = None
    live: bool = True
    options: dict[str, Any] = field(default_factory=dict)
    also: list[str] = field(default_factory=list)
    """Other answers that are as right as the world's."""

    @property
    def prompt(self) -> str:
        return str(self.messages[-2]["content"])

    @property
    def expected(self) -> Message:
        return self.messages[-1]


def plain(text: str) -> str:
    """Lowercase letters and digits only: two prompts that differ less are the same prompt."""
    return re.sub(r"[^\w+*/-]+", " ", text.lower()).strip()


def seen_prompts(seed: int, count: int) -> set[str]:
    """Every user message of the training data."""
    return {
        plain(message["content"])
        for conversation in conversations(seed, count)
        for message in conversation.messages
        if message["role"] == "user"
    }


def _remembered(chat: Chat) -> None:
    """Tell a name or another trait, talk about something else, ask for it."""
    kinds = chat.rng.sample(list(CHANCES), 2)
    kinds = ["name", *kinds[:1]] if "name" not in kinds and chat.chance(0.5) else kinds[: chat.rng.randint(1, 2)]
    for kind in kinds:
        tell(chat, kind)
    for turn in chat.rng.choices([small_talk, about, facts, arithmetic, thanks], k=chat.rng.choice((0, 1, 2))):
        turn(chat)
    recall(chat, kinds[0])


def _unremembered(chat: Chat) -> None:
    recall(chat, chat.rng.choice(list(TRAITS)))


def _memory(chat: Chat) -> None:
    (_unremembered if chat.chance(0.15) else _remembered)(chat)


def _persona(chat: Chat) -> None:
    """Somebody asked for a name may say what they do as well; somebody asked how they are may say just that."""
    dress(chat)
    persona(chat)
    asked, own = chat.messages[-2]["content"], chat.known["persona"]
    also = []
    if NAMING.search(asked.lower()):
        also = [chat.reply(INTRODUCED).format(**own), chat.reply(NAMED).format(**own)]
    elif asks_back(asked):
        also = [chat.reply(HOW_REPLY)]
    chat.known["also"] = [chat.in_voice(text) for text in also]


def _persona_style(chat: Chat) -> None:
    """The voice stays while other things are talked about; asked how it is, it may answer as to a greeting."""
    dress(chat)
    chat.rng.choice([small_talk, about, arithmetic, facts, unknown])(chat)
    if chat.messages[-1]["content"] == chat.in_voice(chat.reply(HOW_REPLY)):
        chat.known["also"] = [chat.in_voice(chat.reply(GREETED).format(**chat.known["persona"]))]


def _follow_up(chat: Chat) -> None:
    chat.rng.choice([about, facts, unknown])(chat)
    follow_up(chat)


def _greeting(chat: Chat) -> None:
    chat.rng.choices([small_talk, thanks, goodbye], [6, 1, 1])[0](chat)


def _structured(chat: Chat, keyed: bool = False) -> None:
    text, data = sample(chat)
    chat.user(request(chat, text, data, keyed))
    chat.known["schema"] = schema(data)
    chat.say_plain(json.dumps(data, ensure_ascii=False))


def _structured_alone(chat: Chat) -> None:
    """Without a grammar the request itself must name the keys."""
    _structured(chat, keyed=True)


def _tool_turn(chat: Chat) -> None:
    offer(chat)
    tools(chat)


def _tool_call(chat: Chat) -> None:
    _tool_turn(chat)
    del chat.messages[2:]


def _no_tool_needed(chat: Chat) -> None:
    offer(chat)
    chat.rng.choice([small_talk, about, facts, who])(chat)


ABILITIES: dict[str, Callable[[Chat], None]] = {
    "greetings and small talk": _greeting,
    "who it is": who,
    "llama-worker": about,
    "memory": _memory,
    "persona": _persona,
    "persona keeps its voice": _persona_style,
    "arithmetic": arithmetic,
    "facts": facts,
    "JSON of a schema": _structured,
    "JSON without grammar": _structured_alone,
    "tool call": _tool_call,
    "tool result": _tool_turn,
    "tools not needed": _no_tool_needed,
    "counting": count,
    "lists": lists,
    "stories": story,
    "does not know": unknown,
    "follow-ups": _follow_up,
    "repeat after me": echo,
}
AFTER_RIGHT_ANSWERS = ("tool call", "tool result", "tools not needed", "follow-ups")
"""What is asked for builds on an answer before it, so that is given: a wrong one would be counted twice."""
WITHOUT_SYSTEM = ("persona", "persona keeps its voice")


def case(ability: str, rng: random.Random) -> Case:
    language = rng.choice(LANGUAGES)
    chat = Chat(rng, language, language, test=True)
    ABILITIES[ability](chat)
    if ability not in WITHOUT_SYSTEM and chat.chance(0.3):
        chat.messages.insert(0, {"role": "system", "content": chat.wording(NEUTRAL)})
    options: dict[str, Any] = {}
    if ability == "JSON of a schema":
        options["response_format"] = {"type": "json_schema", "json_schema": {"schema": chat.known["schema"]}}
    live = ability not in AFTER_RIGHT_ANSWERS
    return Case(ability, language, chat.messages, chat.tools, live, options, chat.known.get("also", []))


def _key(one: Case) -> str:
    """What must be new: the user's words; with them the persona, or the tool's result."""
    return "\n".join(plain(m["content"]) for m in one.messages[:-1] if m["role"] in ("system", "user", "tool"))


def cases(seed: int, per_ability: int, seen: set[str]) -> Iterator[Case]:
    """Unique cases whose last user message does not occur in the training data."""
    for ability in ABILITIES:
        rng, found, tries = random.Random(f"{seed} {ability}"), set[str](), 0
        while len(found) < per_ability and (tries := tries + 1) < 200 * per_ability:
            one = case(ability, rng)
            asked = [m["content"] for m in one.messages if m["role"] == "user"][-1]
            if plain(asked) not in seen and _key(one) not in found:
                found.add(_key(one))
                yield one
