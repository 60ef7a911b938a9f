"""The rest of the world: an honest no, and how to get a real model."""

from training.world import names, phrases
from training.world.chat import Chat, Phrases

TEXT = phrases.load("unknown")

COUNTRIES: Phrases = TEXT["COUNTRIES"]
NOUNS: Phrases = TEXT["NOUNS"]
CODE: Phrases = TEXT["CODE"]
DISHES: Phrases = TEXT["DISHES"]
ASKED: Phrases = TEXT["ASKED"]
REPLY: Phrases = TEXT["REPLY"]


def _fill(chat: Chat, text: str) -> str:
    rng, language = chat.rng, chat.ask
    while "{" in text:
        start = text.index("{")
        slot = text[start + 1]
        if slot == "p":
            value = (
                rng.choice(COUNTRIES[language])
                if chat.chance(0.7)
                else names.word(rng, chat.test) + rng.choice(("", "ia", "land"))
            )
        elif slot == "w":
            value = names.word(rng, chat.test)
        elif slot == "y":
            value = str(rng.randint(1500, 2030))
        elif slot == "z":
            value = str(rng.randint(2, 99))
        else:
            value = rng.choice({"n": NOUNS, "k": CODE, "d": DISHES}[slot][language])
        text = text[:start] + value + text[start + 3 :]
    return text


def unknown(chat: Chat) -> None:
    """A question from outside the small world."""
    chat.user(_fill(chat, chat.pick(ASKED)))
    chat.say_pair(REPLY)
