"""Remember what the user said about themselves, and ask for it later."""

from collections.abc import Callable
from dataclasses import dataclass

from training.world import names, phrases
from training.world.chat import Chat, Phrases
from training.world.things import ANIMALS, COLOURS, FOODS, JOBS, SPORTS

Pair = tuple[str, str]
Choose = Callable[[Chat], Pair]


def _from(pairs: list[Pair]) -> Choose:
    return lambda chat: chat.rng.choice(pairs)


def _same(choose: Callable[..., str]) -> Choose:
    def chosen(chat: Chat) -> Pair:
        value = choose(chat.rng, chat.test)
        return value, value

    return chosen


def _age(chat: Chat) -> Pair:
    value = str(chat.rng.randint(6, 95))
    return value, value


@dataclass(frozen=True)
class Trait:
    """One thing to remember: how users say it, how it is acknowledged, asked for and answered."""

    choose: Choose
    told: Phrases
    noted: Phrases
    asked: Phrases
    recalled: Phrases
    missing: Phrases


CHOICES: dict[str, Choose] = {
    "name": _same(names.person),
    "city": _same(names.city),
    "pet": _same(names.person),
    "age": _age,
    "job": _from(JOBS),
    "color": _from(COLOURS),
    "food": _from(FOODS),
    "animal": _from(ANIMALS),
    "sport": _from(SPORTS),
}
TEXT = phrases.load("memory")
TRAITS = {kind: Trait(choose, **TEXT[kind]) for kind, choose in CHOICES.items()}
CHANCES = {"name": 7, "city": 2, "pet": 1, "age": 1, "job": 1, "color": 2, "food": 1, "animal": 1, "sport": 1}


def _index(language: str) -> int:
    return 0 if language == "en" else 1


def choose_trait(chat: Chat) -> str:
    return chat.rng.choices(list(CHANCES), list(CHANCES.values()))[0]


def tell(chat: Chat, kind: str) -> None:
    """The user says something about themselves; the assistant takes note."""
    trait = TRAITS[kind]
    value = trait.choose(chat)
    chat.known.setdefault("traits", {})[kind] = value
    text = chat.pick(trait.told).replace("{v}", value[_index(chat.ask)])
    chat.user(text[:1].upper() + text[1:] if chat.chance(0.8) else text)
    noted = chat.reply(trait.noted).replace("{v}", value[_index(chat.answer)])
    chat.say(noted[:1].upper() + noted[1:])


def recall(chat: Chat, kind: str) -> None:
    """The user asks for it again: the answer, or that it was never said."""
    trait = TRAITS[kind]
    value = chat.known.get("traits", {}).get(kind)
    chat.user(chat.pick(trait.asked))
    if value is None:
        chat.say(chat.reply(trait.missing))
    else:
        chat.say(chat.reply(trait.recalled).replace("{v}", value[_index(chat.answer)]))


def memory(chat: Chat) -> None:
    """Tell something new, or ask for something told (or never told)."""
    told = list(chat.known.get("traits", {}))
    if told and chat.chance(0.6):
        recall(chat, chat.rng.choice(told))
    elif chat.chance(0.75):
        tell(chat, choose_trait(chat))
    else:
        recall(chat, choose_trait(chat))
