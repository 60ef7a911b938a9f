"""Tool definitions as OpenAI's `tools` list has them, with many names for the same thing."""

from typing import Any

from training.world import names
from training.world.chat import Chat

Definition = dict[str, Any]

WEATHER_NAMES = [
    "get_weather",
    "weather",
    "lookup_weather",
    "current_weather",
    "weather_in",
    "get_current_weather",
    "fetch_weather",
]
TIME_NAMES = ["get_time", "current_time", "time_in", "get_current_time", "clock", "local_time", "what_time"]
SUM_NAMES = ["calculator", "calculate", "compute", "calc", "evaluate", "math"]
PLACE_KEYS = ["city", "city", "city", "location", "place", "town"]
SUM_KEYS = ["expression", "expression", "expr", "formula"]
ABOUT = {
    "weather": [
        "Current weather of a city.",
        "Get the current weather",
        "Weather for a city.",
        "Returns the weather of a place.",
        "Look up the weather.",
        "Tells the weather in a city",
        "O tempo em uma cidade.",
        "",
    ],
    "time": [
        "Current time in a city.",
        "Get the current time",
        "Time in a city.",
        "Returns the local time.",
        "Tells the time in a place",
        "A hora em uma cidade.",
        "",
    ],
    "sum": [
        "Evaluate an arithmetic expression.",
        "A calculator.",
        "Calculate an expression",
        "Does arithmetic.",
        "Computes a result.",
        "Calcula uma expressão.",
        "",
    ],
}


def definition(name: str, about: str, fields: dict[str, Any], required: list[str]) -> Definition:
    """One entry of `tools`."""
    function: Definition = {"name": name}
    if about:
        function["description"] = about
    function["parameters"] = {"type": "object", "properties": fields, "required": required}
    return {"type": "function", "function": function}


def renamed(chat: Chat, usual: list[str]) -> str:
    """A usual name, or one with an invented word, so that names are copied from the definition."""
    name = chat.rng.choice(usual)
    if chat.chance(0.2):
        made_up = names.word(chat.rng, chat.test).lower()
        return f"{made_up}_{name}" if chat.chance(0.5) else f"{name}_{made_up}"
    return name


def _field(chat: Chat, about: str) -> dict[str, str]:
    return {"type": "string", "description": about} if chat.chance(0.3) else {"type": "string"}


def weather(chat: Chat) -> tuple[Definition, str]:
    """The definition and the name of its place argument."""
    key = chat.rng.choice(PLACE_KEYS)
    fields: dict[str, Any] = {key: _field(chat, "The name of the city")}
    if chat.chance(0.3):
        fields["unit"] = {"type": "string", "enum": ["celsius", "fahrenheit"]}
    return definition(renamed(chat, WEATHER_NAMES), chat.rng.choice(ABOUT["weather"]), fields, [key]), key


def time(chat: Chat) -> tuple[Definition, str]:
    key = chat.rng.choice(PLACE_KEYS)
    fields = {key: _field(chat, "The city")}
    return definition(renamed(chat, TIME_NAMES), chat.rng.choice(ABOUT["time"]), fields, [key]), key


def calculator(chat: Chat) -> tuple[Definition, str]:
    key = chat.rng.choice(SUM_KEYS)
    fields = {key: _field(chat, "For example 2 + 2")}
    return definition(renamed(chat, SUM_NAMES), chat.rng.choice(ABOUT["sum"]), fields, [key]), key


def pair(chat: Chat) -> tuple[Definition, str]:
    """A tool that adds or multiplies two integers; its keys are joined with a space."""
    operator = chat.rng.choice("+*")
    usual = {"+": ["add", "sum", "plus", "add_numbers"], "*": ["multiply", "times", "product", "multiply_numbers"]}[
        operator
    ]
    about = {
        "+": ["Add two numbers.", "Adds a and b.", "Soma dois números.", ""],
        "*": ["Multiply two numbers.", "The product.", ""],
    }
    keys = chat.rng.choice([("a", "b"), ("a", "b"), ("x", "y"), ("first", "second"), ("left", "right")])
    fields = {key: {"type": "integer"} for key in keys}
    chat.known["operator"] = operator
    return definition(renamed(chat, usual), chat.rng.choice(about[operator]), fields, list(keys)), " ".join(keys)


def search(chat: Chat) -> tuple[Definition, str]:
    key = chat.rng.choice(["query", "query", "text", "q", "term"])
    about = chat.rng.choice(["Search the web.", "Find documents", "Looks something up.", "Busca na internet.", ""])
    usual = ["search", "web_search", "find", "lookup", "search_docs"]
    return definition(renamed(chat, usual), about, {key: _field(chat, "What to look for")}, [key]), key


def dice(chat: Chat) -> tuple[Definition, str]:
    """A tool without arguments."""
    about = chat.rng.choice(["Roll a dice.", "Rolls a die and returns the number.", "Joga um dado.", ""])
    return definition(renamed(chat, ["roll_dice", "roll_die", "dice", "throw_dice"]), about, {}, []), ""


def today(chat: Chat) -> tuple[Definition, str]:
    """A tool without arguments."""
    about = chat.rng.choice(["Today's date.", "Returns the current date.", "A data de hoje.", ""])
    return definition(renamed(chat, ["today", "get_date", "current_date", "date"]), about, {}, []), ""
