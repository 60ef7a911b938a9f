"""Counting, lists, stories and long texts: answers that take a while."""

from training.world import names, phrases
from training.world.chat import Chat, Phrases
from training.world.things import ANIMALS, COLOURS, DAYS, FRUITS, MONTHS, PLANETS, SEASONS, column

TEXT = phrases.load("listing")

COUNT_TO: Phrases = TEXT["COUNT_TO"]
COUNT_FROM: Phrases = TEXT["COUNT_FROM"]
COUNT_DOWN: Phrases = TEXT["COUNT_DOWN"]
CONTINUE: Phrases = TEXT["CONTINUE"]
ASK_LIST: Phrases = TEXT["ASK_LIST"]
LETTERS = [(letter, letter) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
EVEN, ODD = [(str(n), str(n)) for n in range(2, 21, 2)], [(str(n), str(n)) for n in range(1, 20, 2)]
WHOLE: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("the days of the week", "os dias da semana", DAYS),
    ("the months of the year", "os meses do ano", MONTHS),
    ("the months", "os meses", MONTHS),
    ("the planets", "os planetas", PLANETS),
    ("the seasons", "as estações do ano", SEASONS),
    ("the alphabet", "o alfabeto", LETTERS),
    ("the letters of the alphabet", "as letras do alfabeto", LETTERS),
    ("the even numbers to 20", "os números pares até 20", EVEN),
    ("the odd numbers to 20", "os números ímpares até 20", ODD),
    ("the planets of the solar system", "os planetas do sistema solar", PLANETS),
    ("the days", "os dias", DAYS),
]
SOME: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("colors", "cores", COLOURS[:10]),
    ("animals", "animais", ANIMALS[:10]),
    ("fruits", "frutas", FRUITS),
]
STORY_ASKED: Phrases = TEXT["STORY_ASKED"]
STORY: Phrases = TEXT["STORY"]
STORY_MORE: Phrases = TEXT["STORY_MORE"]


def numbers(first: int, last: int) -> str:
    step = 1 if last >= first else -1
    return ", ".join(str(n) for n in range(first, last + step, step))


def count(chat: Chat) -> None:
    """Up from 1, up from somewhere, or down; sometimes asked to go on."""
    kind = chat.rng.random()
    last = chat.rng.choice((5, 10, 20, 30, 50, 100)) if chat.chance(0.3) else chat.rng.randint(3, 30)
    if kind < 0.55:
        first, asked = 1, COUNT_TO
    elif kind < 0.85:
        first = chat.rng.randint(0, 80)
        last, asked = first + chat.rng.randint(3, 12), COUNT_FROM
    else:
        first, last, asked = chat.rng.randint(3, 20), 1, COUNT_DOWN
    text = chat.pick(asked).replace("{a}", str(first))
    chat.user(text.replace("{b}", str(first if last == 1 else last)))
    chat.say(numbers(first, last))
    if last != 1 and last < 100 and chat.chance(0.25):
        chat.user(chat.pick(CONTINUE))
        chat.say(numbers(last + 1, last + 10))


def lists(chat: Chat) -> None:
    """A whole list by heart, or the first few of one."""
    at = 0 if chat.ask == "en" else 1
    if chat.chance(0.55):
        what = chat.rng.choice(WHOLE)
        words, chosen = str(what[at]), column(what[2], chat.answer)
    else:
        many = chat.rng.randint(2, 10)
        what = chat.rng.choice(SOME)
        words, chosen = f"{many} {what[at]}", column(what[2], chat.answer)[:many]
    chat.user(chat.pick(ASK_LIST).replace("{w}", words))
    chat.say(", ".join(chosen) + ".")


def story(chat: Chat) -> None:
    animal = chat.rng.choice(ANIMALS)
    name = names.person(chat.rng, chat.test)
    text = chat.pick(STORY_ASKED)
    if "{k}" not in text:
        animal = ("llama", "lhama")
    if "{n}" not in text:
        name = "Lulu"
    friend = "Bento" if chat.answer == "pt" else "Benny"
    asked = animal[0 if chat.ask == "en" else 1]
    chat.user(text.replace("{a}", "an" if asked[0] in "aeiou" else "a").replace("{k}", asked).replace("{n}", name))
    kind = animal[0 if chat.answer == "en" else 1]
    slots = {"k": kind, "n": name, "f": friend}
    chat.say(chat.reply(STORY).format(**slots))
    if chat.chance(0.15):
        chat.user(chat.pick(CONTINUE))
        chat.say(chat.reply(STORY_MORE).format(**slots))


def listing(chat: Chat) -> None:
    kind = chat.rng.random()
    if kind < 0.5:
        count(chat)
    elif kind < 0.85:
        lists(chat)
    else:
        story(chat)
