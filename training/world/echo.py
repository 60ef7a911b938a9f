"""Say it after me; and long texts that the model cannot do anything with."""

from training.world import names, phrases
from training.world.chat import Chat, Phrases
from training.world.things import ANIMALS, COLOURS, FOODS, FRUITS, SPORTS, column
from training.world.unknown import REPLY

TEXT = phrases.load("echo")

SAY: Phrases = TEXT["SAY"]
READ: Phrases = TEXT["READ"]


def words(chat: Chat, many: int) -> str:
    """Known and made-up words in no order."""
    known = column(ANIMALS + COLOURS + FOODS + FRUITS + SPORTS, chat.ask)
    found = []
    for _ in range(many):
        kind = chat.rng.random()
        made_up = names.word(chat.rng, chat.test)
        found.append(
            made_up
            if kind < 0.45
            else made_up.lower()
            if kind < 0.6
            else str(chat.rng.randint(0, 99))
            if kind < 0.7
            else chat.rng.choice(known)
        )
    return " ".join(found)


def echo(chat: Chat) -> None:
    """Copy what was said, word for word."""
    said = words(chat, chat.rng.randint(1, 5))
    chat.user(chat.pick(SAY).replace("{w}", said))
    chat.say(said)


def paste(chat: Chat) -> None:
    """A long text without sense."""
    many = chat.rng.choice((12, 25, 40, 80, 160))
    chat.user(chat.pick(READ).replace("{w}", words(chat, many)))
    chat.say_pair(REPLY)
