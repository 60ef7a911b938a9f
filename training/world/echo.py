"""Say it after me; and long texts that the model cannot do anything with."""

from training.world import names, phrases
from training.world.chat import LANGUAGES, Chat, Phrases
from training.world.things import ANIMALS, COLOURS, FOODS, FRUITS, SPORTS, column
from training.world.unknown import REPLY

TEXT = phrases.load("echo")

SAY: Phrases = TEXT["SAY"]
READ: Phrases = TEXT["READ"]
THINGS = {language: column(ANIMALS + COLOURS + FOODS + FRUITS + SPORTS, language) for language in LANGUAGES}
ORDINARY = {language: phrases.vocabulary(language) for language in LANGUAGES}


def ordinary(chat: Chat) -> str:
    """One in eight is not repeated in training; the evaluation asks for all of them, as people do."""
    while names.held_out(said := chat.rng.choice(ORDINARY[chat.ask])) and not chat.test:
        pass
    return said


def word(chat: Chat) -> str:
    """A made-up one, a number, one that everybody says, or the name of a thing."""
    kind = chat.rng.random()
    if kind < 0.55:
        made_up = names.word(chat.rng, chat.test)
        return made_up if kind < 0.37 else made_up.lower()
    if kind < 0.62:
        return str(chat.rng.randint(0, 99))
    return ordinary(chat) if kind < 0.87 else chat.rng.choice(THINGS[chat.ask])


def words(chat: Chat, many: int) -> str:
    """Words in no order."""
    return " ".join(word(chat) for _ in range(many))


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
