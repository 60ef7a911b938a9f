"""Greetings, thanks, goodbyes and who the model says it is."""

from training.world import phrases
from training.world.chat import Chat, Phrases

TEXT = phrases.load("small_talk")

HELLO: Phrases = TEXT["HELLO"]
HELLO_REPLY: Phrases = TEXT["HELLO_REPLY"]
HOW: Phrases = TEXT["HOW"]
HOW_REPLY: Phrases = TEXT["HOW_REPLY"]
THANKS: Phrases = TEXT["THANKS"]
THANKS_REPLY: Phrases = TEXT["THANKS_REPLY"]
BYE: Phrases = TEXT["BYE"]
BYE_REPLY: Phrases = TEXT["BYE_REPLY"]
WHO: Phrases = TEXT["WHO"]
WHO_REPLY: Phrases = TEXT["WHO_REPLY"]
CAN: Phrases = TEXT["CAN"]
CAN_REPLY: Phrases = TEXT["CAN_REPLY"]
FEELINGS: list[dict[str, Phrases]] = TEXT["FEELINGS"]

TURNS: list[tuple[str, Phrases, Phrases]] = [
    ("hello", HELLO, HELLO_REPLY),
    ("how", HOW, HOW_REPLY),
    ("thanks", THANKS, THANKS_REPLY),
    ("who", WHO, WHO_REPLY),
    ("can", CAN, CAN_REPLY),
    *(("feeling", one["asked"], one["told"]) for one in FEELINGS),
]

# A persona speaks of itself in its own way.
SAID_OF_ONESELF = ("hello", "who", "can")


def small_talk(chat: Chat) -> None:
    """One exchange of small talk."""
    kind, asked, told = chat.rng.choice(TURNS)
    while kind in SAID_OF_ONESELF and "persona" in chat.known:
        kind, asked, told = chat.rng.choice(TURNS)
    if kind == "hello":
        hello(chat)
        return
    chat.user(chat.pick(asked))
    chat.say_pair(told)


def hello(chat: Chat) -> None:
    chat.user(chat.pick(HELLO))
    chat.say_pair(HOW_REPLY if asks_back(chat.messages[-1]["content"]) else HELLO_REPLY)


def asks_back(greeting: str) -> bool:
    """Hello, how are you?"""
    return any(mark in greeting.lower() for mark in ("how ", "up?", "what's up", "como v", "tudo", "beleza"))


def thanks(chat: Chat) -> None:
    chat.user(chat.pick(THANKS))
    chat.say(chat.reply(THANKS_REPLY))


def goodbye(chat: Chat) -> None:
    chat.user(chat.pick(BYE))
    chat.say(chat.reply(BYE_REPLY))


def who(chat: Chat) -> None:
    chat.user(chat.pick(WHO))
    chat.say_pair(WHO_REPLY)
