"""Small sums, differences and products, in figures and in words."""

from training.world import phrases
from training.world.chat import Chat, Phrases

NUMBERS: dict[str, list[str]] = {
    "en": [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
    ],
    "pt": [
        "zero",
        "um",
        "dois",
        "três",
        "quatro",
        "cinco",
        "seis",
        "sete",
        "oito",
        "nove",
        "dez",
        "onze",
        "doze",
        "treze",
        "quatorze",
        "quinze",
        "dezesseis",
        "dezessete",
        "dezoito",
        "dezenove",
        "vinte",
    ],
}
WORDS: dict[str, dict[str, list[str]]] = {
    "en": {"+": ["plus", "and", "added to"], "-": ["minus", "less"], "*": ["times", "multiplied by"]},
    "pt": {"+": ["mais", "e"], "-": ["menos"], "*": ["vezes", "multiplicado por"]},
}
TEXT = phrases.load("arithmetic")

ASKED: Phrases = TEXT["ASKED"]


def numbers(chat: Chat) -> tuple[int, str, int]:
    """Two numbers up to 10; differences are never negative."""
    operator = chat.rng.choice("+++---**")
    a, b = chat.rng.randint(0, 10), chat.rng.randint(0, 10)
    if operator == "-" and b > a:
        a, b = b, a
    return a, operator, b


def result(a: int, operator: str, b: int) -> int:
    return {"+": a + b, "-": a - b, "*": a * b}[operator]


def written(chat: Chat, a: int, operator: str, b: int) -> str:
    """7 + 5, 7 plus 5, seven plus five."""
    language = chat.ask
    style = chat.rng.random()
    if style < 0.45:
        sign = chat.rng.choice(["*", "x", "\u00d7"]) if operator == "*" else operator
        return f"{a}{sign}{b}" if chat.chance(0.2) else f"{a} {sign} {b}"
    word = chat.rng.choice(WORDS[language][operator])
    if style < 0.8:
        return f"{a} {word} {b}"
    return f"{NUMBERS[language][a]} {word} {NUMBERS[language][b]}"


def arithmetic(chat: Chat) -> None:
    a, operator, b = numbers(chat)
    chat.user(chat.pick(ASKED).replace("{q}", written(chat, a, operator, b)))
    sign = "x" if operator == "*" else operator
    chat.say(f"{a} {sign} {b} = {result(a, operator, b)}")
