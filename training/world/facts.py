"""A few dozen facts."""

from typing import Any

from training.world import phrases
from training.world.chat import Chat, Phrases
from training.world.things import DAYS, MONTHS

CAPITALS = [
    ("Brazil", "Brasil", "o", "Brasília", "Brasília"),
    ("Portugal", "Portugal", "", "Lisbon", "Lisboa"),
    ("France", "França", "a", "Paris", "Paris"),
    ("Spain", "Espanha", "a", "Madrid", "Madri"),
    ("Italy", "Itália", "a", "Rome", "Roma"),
    ("Germany", "Alemanha", "a", "Berlin", "Berlim"),
    ("England", "Inglaterra", "a", "London", "Londres"),
    ("Japan", "Japão", "o", "Tokyo", "Tóquio"),
    ("Argentina", "Argentina", "a", "Buenos Aires", "Buenos Aires"),
    ("Chile", "Chile", "o", "Santiago", "Santiago"),
    ("Peru", "Peru", "o", "Lima", "Lima"),
    ("Canada", "Canadá", "o", "Ottawa", "Ottawa"),
    ("Egypt", "Egito", "o", "Cairo", "Cairo"),
    ("China", "China", "a", "Beijing", "Pequim"),
    ("Greece", "Grécia", "a", "Athens", "Atenas"),
    ("Norway", "Noruega", "a", "Oslo", "Oslo"),
]
TEXT = phrases.load("facts")

CAPITAL_ASKED: Phrases = TEXT["CAPITAL_ASKED"]


def of(article: str, name: str) -> str:
    """The Portuguese 'de' joined to its article, without the d: 'o Brasil', 'a França', 'e Portugal'."""
    return f"{article or 'e'} {name}"


SINGLE: list[dict[str, Any]] = TEXT["SINGLE"]
"""Questions in `en` and `pt`, their answers in `say_en` and `say_pt`."""
NEXT_ASKED: Phrases = TEXT["NEXT_ASKED"]


def capital(chat: Chat) -> None:
    en, pt, article, city_en, city_pt = chat.rng.choice(CAPITALS)
    name = en if chat.ask == "en" else of(article, pt)
    chat.user(chat.pick(CAPITAL_ASKED).replace("{c}", name))
    told = {"en": f"The capital of {en} is {city_en}.", "pt": f"A capital d{of(article, pt)} é {city_pt}."}
    _answer(chat, told)


def following(chat: Chat) -> None:
    """The day or month after another."""
    pairs = chat.rng.choice([DAYS, MONTHS])
    at = chat.rng.randrange(len(pairs))
    this, then = pairs[at], pairs[(at + 1) % len(pairs)]
    chat.user(chat.pick(NEXT_ASKED).replace("{d}", this[0 if chat.ask == "en" else 1]))
    _answer(chat, {"en": f"{then[0]} comes after {this[0]}.", "pt": f"Depois de {this[1]} vem {then[1]}."})


def _answer(chat: Chat, told: dict[str, str]) -> None:
    chat.say_pair({language: [text] for language, text in told.items()})


def facts(chat: Chat) -> None:
    kind = chat.rng.random()
    if kind < 0.3:
        capital(chat)
    elif kind < 0.4:
        following(chat)
    else:
        fact = chat.rng.choice(SINGLE)
        chat.user(chat.pick(fact))
        _answer(chat, {"en": fact["say_en"], "pt": fact["say_pt"]})
