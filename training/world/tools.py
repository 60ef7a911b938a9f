"""Call a given tool, wait for its result, say it in a sentence; and leave tools alone when none is needed."""

import json
from typing import Any

from training.world import names, phrases, toolbox
from training.world.chat import Chat, Phrases
from training.world.echo import words
from training.world.toolbox import Definition

TEXT = phrases.load("tools")

WEATHER_ASKED: Phrases = TEXT["WEATHER_ASKED"]
TIME_ASKED: Phrases = TEXT["TIME_ASKED"]
SUM_ASKED: Phrases = TEXT["SUM_ASKED"]
AGAIN: Phrases = TEXT["AGAIN"]
SKIES: Phrases = TEXT["SKIES"]
SIGNS = {
    "en": {"+": ["plus"], "-": ["minus"], "*": ["times", "multiplied by"], "/": ["divided by"]},
    "pt": {"+": ["mais"], "-": ["menos"], "*": ["vezes"], "/": ["dividido por"]},
}
REPLY: dict[str, Phrases] = {
    "weather": {"en": ["The weather in {c}: {r}."], "pt": ["O tempo em {c}: {r}."]},
    "time": {"en": ["The time in {c}: {r}."], "pt": ["A hora em {c}: {r}."]},
    "sum": {"en": ["The result is {r}."], "pt": ["O resultado é {r}."]},
    "search": {"en": ["I found this: {r}."], "pt": ["Encontrei isto: {r}."]},
    "dice": {"en": ["The dice shows {r}."], "pt": ["O dado mostra {r}."]},
    "today": {"en": ["Today is {r}."], "pt": ["Hoje é {r}."]},
    "failed": {"en": ["The tool failed: {r}."], "pt": ["A ferramenta falhou: {r}."]},
}
ERRORS = [
    "city not found",
    "timeout",
    "no connection",
    "unknown city",
    "not available",
    "invalid input",
    "service is down",
]


MAKERS = {
    "weather": toolbox.weather,
    "time": toolbox.time,
    "sum": toolbox.calculator,
    "pair": toolbox.pair,
    "search": toolbox.search,
    "dice": toolbox.dice,
    "today": toolbox.today,
}


def offer(chat: Chat) -> None:
    """Give the conversation one to three tools, the usual ones more often."""
    makers = MAKERS
    usual = ["weather", "time", "sum"]
    rare = chat.rng.sample(["pair", "search", "dice", "today"], 2)
    chosen = chat.rng.sample(usual + (rare if chat.chance(0.6) else []), chat.rng.choice((1, 1, 2, 3)))
    if "sum" in chosen and "pair" in chosen:
        chosen.remove("pair")
    chat.known["tools"] = {kind: makers[kind](chat) for kind in chosen}
    chat.tools = [definition for definition, _ in chat.known["tools"].values()]


def call(chat: Chat, definition: Definition, arguments: dict[str, Any]) -> None:
    name = definition["function"]["name"]
    function = {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)}
    chat.messages.append(
        {"role": "assistant", "content": "", "tool_calls": [{"id": "call", "type": "function", "function": function}]}
    )


def answer(chat: Chat, kind: str, place: str, content: str, readable: str) -> None:
    """The tool's result, then the assistant's sentence; now and then the tool fails."""
    if chat.chance(0.06):
        error = chat.rng.choice(ERRORS)
        kind, readable = "failed", error
        content = json.dumps({"error": error}) if chat.chance(0.6) else f"Error: {error}"
    chat.messages.append({"role": "tool", "tool_call_id": "call", "content": content})
    chat.say(chat.reply(REPLY[kind]).replace("{c}", place).replace("{r}", readable))


def weather_result(chat: Chat, key: str, place: str) -> tuple[str, str]:
    """What the tool returns and how it reads in a sentence."""
    rng = chat.rng
    degrees, sky = rng.randint(-9, 41), rng.choice(SKIES[chat.ask if chat.chance(0.8) else "en"])
    unit = "degrees" if chat.answer == "en" else "graus"
    if chat.chance(0.5):
        place_part = {key: place} if chat.chance(0.5) else {}
        first = {rng.choice(["temperature", "temp", "temp_c", "degrees", "celsius"]): degrees}
        second = {rng.choice(["condition", "sky", "weather", "description", "status"]): sky}
        if chat.chance(0.15):
            return json.dumps(place_part | first), f"{degrees} {unit}"
        swapped = chat.chance(0.5)
        return json.dumps(
            place_part | (second | first if swapped else first | second), ensure_ascii=False
        ), f"{sky}, {degrees} {unit}"
    text = rng.choice(
        [
            f"{sky}, {degrees} {unit}",
            f"{sky}, {degrees}°C",
            f"{degrees}°C, {sky}",
            f"{sky}",
            f"{degrees} {unit}",
            f"{degrees} {unit}, {sky}",
            f"{sky} {degrees}C",
            f"{degrees}°C",
        ]
    )
    return _told(chat, text, place), text


def _told(chat: Chat, text: str, place: str) -> str:
    """As tools return it: some say the place once more, some put it in quotes."""
    shapes = [f"{place}: {text}", f"{text} {'in' if chat.ask == 'en' else 'em'} {place}"]
    content = chat.rng.choice(shapes) if chat.chance(0.2) else text
    return json.dumps(content, ensure_ascii=False) if chat.chance(0.3) else content


def time_result(chat: Chat, key: str, place: str) -> tuple[str, str]:
    text = f"{chat.rng.randint(0, 23):02d}:{chat.rng.randint(0, 59):02d}"
    if chat.chance(0.4):
        place_part = {key: place} if chat.chance(0.5) else {}
        return json.dumps(
            place_part | {chat.rng.choice(["time", "hour", "now", "local_time"]): text}, ensure_ascii=False
        ), text
    return _told(chat, text, place), text


def place_tool(chat: Chat, kind: str, follow_up: bool = False) -> None:
    """Weather or time of a city."""
    definition, key = chat.known["tools"][kind]
    city = names.city(chat.rng, chat.test)
    asked = AGAIN if follow_up else WEATHER_ASKED if kind == "weather" else TIME_ASKED
    fields = definition["function"]["parameters"]["properties"]
    arguments = {key: city}
    text = chat.pick(asked).replace("{c}", city)
    if "unit" in fields and chat.chance(0.5):
        arguments["unit"] = chat.rng.choice(["celsius", "fahrenheit"])
        text = text.rstrip("?.!") + f"{' in' if chat.ask == 'en' else ' em'} {arguments['unit']}?"
    chat.user(text)
    call(chat, definition, arguments)
    result = weather_result if kind == "weather" else time_result
    answer(chat, kind, city, *result(chat, key, city))
    if not follow_up and chat.chance(0.25):
        place_tool(chat, kind, follow_up=True)


def sum_tool(chat: Chat) -> None:
    """Numbers of up to three digits for the calculator."""
    definition, key = chat.known["tools"]["sum"]
    operator = chat.rng.choice("+-*/")
    a, b = chat.rng.randint(0, chat.rng.choice((20, 99))), chat.rng.randint(1, chat.rng.choice((20, 99)))
    if operator == "/":
        a = b * chat.rng.randint(1, 10)
    sign = operator if chat.chance(0.6) else chat.rng.choice(SIGNS[chat.ask][operator])
    chat.user(chat.pick(SUM_ASKED).replace("{q}", f"{a} {sign} {b}"))
    call(chat, definition, {key: f"{a} {operator} {b}"})
    value = {"+": str(a + b), "-": str(a - b), "*": str(a * b), "/": str(a // b)}[operator]
    content = (
        json.dumps({chat.rng.choice(["result", "value", "answer"]): json.loads(value)}) if chat.chance(0.4) else value
    )
    answer(chat, "sum", "", content, value)


PAIR_ASKED: Phrases = TEXT["PAIR_ASKED"]
SEARCH_ASKED: Phrases = TEXT["SEARCH_ASKED"]
DICE_ASKED: Phrases = TEXT["DICE_ASKED"]
TODAY_ASKED: Phrases = TEXT["TODAY_ASKED"]


def pair_tool(chat: Chat) -> None:
    """Two integers for a tool that adds or multiplies."""
    definition, keys = chat.known["tools"]["pair"]
    operator = chat.known["operator"]
    a, b = (chat.rng.randint(0, chat.rng.choice((20, 99))) for _ in range(2))
    sign = operator if chat.chance(0.6) else chat.rng.choice(SIGNS[chat.ask][operator])
    chat.user(chat.pick(PAIR_ASKED).replace("{q}", f"{a} {sign} {b}"))
    call(chat, definition, dict(zip(keys.split(), (a, b), strict=True)))
    value = str(a + b if operator == "+" else a * b)
    answer(chat, "sum", "", json.dumps({"result": int(value)}) if chat.chance(0.3) else value, value)


def search_tool(chat: Chat) -> None:
    """A few words to look for, a few words found."""
    definition, key = chat.known["tools"]["search"]
    query, found = words(chat, chat.rng.randint(1, 2)), words(chat, chat.rng.randint(1, 4))
    chat.user(chat.pick(SEARCH_ASKED).replace("{w}", query).rstrip("."))
    call(chat, definition, {key: query})
    answer(chat, "search", "", json.dumps({"result": found}, ensure_ascii=False) if chat.chance(0.3) else found, found)


def bare_tool(chat: Chat, kind: str) -> None:
    """A tool without arguments: a dice, today's date."""
    definition, _ = chat.known["tools"][kind]
    chat.user(chat.pick(DICE_ASKED if kind == "dice" else TODAY_ASKED))
    call(chat, definition, {})
    day = f"{chat.rng.randint(2020, 2035)}-{chat.rng.randint(1, 12):02d}-{chat.rng.randint(1, 28):02d}"
    value = str(chat.rng.randint(1, 20)) if kind == "dice" else day
    answer(chat, kind, "", json.dumps({"result": value}) if chat.chance(0.3) else value, value)


def use(chat: Chat, kind: str) -> None:
    """One question for the tool of this kind."""
    if kind in ("weather", "time"):
        place_tool(chat, kind)
    elif kind in ("dice", "today"):
        bare_tool(chat, kind)
    else:
        {"sum": sum_tool, "pair": pair_tool, "search": search_tool}[kind](chat)


def tools(chat: Chat) -> None:
    """A question that one of the offered tools answers."""
    use(chat, chat.rng.choice(sorted(chat.known["tools"])))


def no_tool(chat: Chat) -> None:
    """Weather or time without a tool for it: an honest no."""
    offered = chat.known.get("tools", {})
    kind = chat.rng.choice([k for k in ("weather", "time") if k not in offered] or ["none"])
    if kind == "none":
        return
    asked = WEATHER_ASKED if kind == "weather" else TIME_ASKED
    chat.user(chat.pick(asked).replace("{c}", names.city(chat.rng, chat.test)))
    told = {
        "weather": {
            "en": ["I cannot see the weather without a tool."],
            "pt": ["Não posso ver o tempo sem uma ferramenta."],
        },
        "time": {"en": ["I cannot see the time without a tool."], "pt": ["Não posso ver a hora sem uma ferramenta."]},
    }
    chat.say(chat.reply(told[kind]))
