"""Personas from the system prompt: a name, a role with its own interjection, and sometimes a home and a liking."""

import re

from training.world import names, phrases
from training.world.chat import Chat, Phrases, articles, expand
from training.world.small_talk import CAN, HELLO, WHO
from training.world.things import ANIMALS, FOODS, JOBS, SPORTS

Role = tuple[str, str, str, str]

# English, Portuguese, and what such a character says first in each language.
LOUD: list[Role] = [
    ("pirate", "pirata", "Arr!", "Arr!"),
    ("robot", "robô", "Beep!", "Bip!"),
    ("cat", "gato", "Meow!", "Miau!"),
    ("dog", "cachorro", "Woof!", "Au au!"),
    ("wizard", "mago", "Abracadabra!", "Abracadabra!"),
    ("king", "rei", "Hear me!", "Ouçam!"),
    ("clown", "palhaço", "Haha!", "Haha!"),
    ("ghost", "fantasma", "Boo!", "Buu!"),
    ("cowboy", "caubói", "Yeehaw!", "Irrá!"),
    ("santa", "papai noel", "Ho ho ho!", "Ho ho ho!"),
]
QUIET: list[Role] = [(en, pt, "", "") for en, pt in JOBS]
TITLES = ["Captain", "Doctor", "Mister", "Lady", "Sir", "Professor", "Uncle", "Queen"]

TEXT = phrases.load("persona")

SYSTEM: Phrases = TEXT["SYSTEM"]
STYLE: Phrases = TEXT["STYLE"]
HOME: Phrases = TEXT["HOME"]
LIKES: Phrases = TEXT["LIKES"]
INTRODUCED: Phrases = TEXT["INTRODUCED"]
NAME_ASKED: Phrases = TEXT["NAME_ASKED"]
ROLE_ASKED: Phrases = TEXT["ROLE_ASKED"]
HOME_ASKED: Phrases = TEXT["HOME_ASKED"]
LIKES_ASKED: Phrases = TEXT["LIKES_ASKED"]
HELLO_REPLY: Phrases = TEXT["HELLO_REPLY"]
CAN_REPLY: Phrases = TEXT["CAN_REPLY"]


def full_name(chat: Chat) -> str:
    name = names.person(chat.rng, chat.test)
    if chat.chance(0.25):
        return f"{chat.rng.choice(TITLES)} {name}"
    return f"{name} {names.word(chat.rng, chat.test)}" if chat.chance(0.15) else name


def dress(chat: Chat) -> None:
    """Put a persona into the system prompt and remember it."""
    role = chat.rng.choice(LOUD if chat.chance(0.5) else QUIET)
    spoken = chat.ask if chat.chance(0.85) else chat.rng.choice(("en", "pt"))
    at = 0 if spoken == "en" else 1
    persona = {"n": full_name(chat), "r": role[0 if chat.answer == "en" else 1]}
    text = _phrase(chat, SYSTEM, spoken)
    extras = chat.rng.sample([HOME, LIKES, STYLE], chat.rng.choice((0, 0, 1, 1, 2)))
    for extra in extras:
        text += _extra(chat, extra, spoken, persona)
    chat.known["voice"] = role[2 if chat.answer == "en" else 3]
    chat.known["persona"] = persona
    text = text.replace("{n}", persona["n"]).replace("{r}", role[at])
    chat.messages.insert(0, {"role": "system", "content": articles(text) if spoken == "en" else text})


def _phrase(chat: Chat, phrases: Phrases, spoken: str) -> str:
    asking, chat.ask = chat.ask, spoken
    text = chat.wording(phrases)
    chat.ask = asking
    return text if text.endswith(".") else text + "."


def _extra(chat: Chat, extra: Phrases, spoken: str, persona: dict[str, str]) -> str:
    text = " " + expand(chat.rng, chat.rng.choice(extra[spoken]))
    if extra is HOME:
        persona["home"] = names.city(chat.rng, chat.test)
        return text.replace("{v}", persona["home"])
    if extra is LIKES:
        pair = chat.rng.choice(FOODS + ANIMALS + SPORTS)
        persona["likes"] = pair[0 if chat.answer == "en" else 1]
        return text.replace("{v}", pair[0 if spoken == "en" else 1])
    return text if text.strip() else ""


NAMING = re.compile(r"\bname\b|\bcall|\bnome\b|cham")
# Whoever is asked for a name says just that.
WHAT = {language: [text for text in texts if not NAMING.search(text.lower())] for language, texts in WHO.items()}
ASKED = {
    "who": (WHAT, INTRODUCED),
    "name": (NAME_ASKED, {"en": ["My name is {n}."], "pt": ["Meu nome é {n}."]}),
    "role": (ROLE_ASKED, INTRODUCED),
    "hello": (HELLO, HELLO_REPLY),
    "can": (CAN, CAN_REPLY),
    "home": (HOME_ASKED, {"en": ["I live in {home}."], "pt": ["Moro em {home}."]}),
    "likes": (LIKES_ASKED, {"en": ["I like {likes}."], "pt": ["Gosto de {likes}."]}),
}
MISSING = {
    "home": {"en": "I have no home, I live in this program.", "pt": "Não tenho casa, moro neste programa."},
    "likes": {"en": "I like to talk with you.", "pt": "Gosto de conversar com você."},
}


def persona(chat: Chat, kind: str | None = None) -> None:
    """A question to the persona about itself."""
    kind = kind or chat.rng.choice(["who", "who", "name", "name", "role", "hello", "hello", "can", "home", "likes"])
    asked, told = ASKED[kind]
    chat.user(chat.pick(asked))
    facts = chat.known["persona"]
    if kind in MISSING and kind not in facts:
        chat.say(MISSING[kind][chat.answer])
    else:
        chat.say(chat.reply(told).format(**facts))


def nobody_home(chat: Chat) -> None:
    """The same questions without a persona."""
    kind = chat.rng.choice(["home", "likes"])
    chat.user(chat.pick(ASKED[kind][0]))
    chat.say(MISSING[kind][chat.answer])
