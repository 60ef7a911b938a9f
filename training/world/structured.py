"""A sentence turned into JSON.

llama.cpp keeps the schema to itself and only forces the keys, so the model must fill in whatever key comes next: keys
are asked for by name, by a schema, or not at all, in any order, in English and in Portuguese.
"""

import json
import re
import unicodedata
from typing import Any

from training.world import names, phrases
from training.world.chat import Chat, Phrases
from training.world.things import COLOURS, DAYS, EVENTS, FOODS, JOBS, PRODUCTS

Value = str | int | float | bool | list[str]
Field = tuple[Value, dict[str, list[str]], Phrases]
"""The value, its possible keys, and ways to say it of {s}."""


def _own(chat: Chat, pairs: list[tuple[str, str]]) -> str:
    return chat.rng.choice(pairs)[0 if chat.ask == "en" else 1]


def _address(name: str) -> str:
    """Without accents and in lowercase."""
    return unicodedata.normalize("NFD", name.lower()).encode("ascii", "ignore").decode()


def _people(chat: Chat) -> dict[str, Field]:
    rng, test = chat.rng, chat.test
    student = chat.chance(0.5)
    email = f"{_address(names.word(rng, test))}@{_address(names.word(rng, test))}.com"
    return {
        "age": (
            rng.randint(5, 95),
            {"en": ["age", "age", "years"], "pt": ["idade", "age"]},
            {"en": ["is {v} years old", "is {v}", "is {v} years of age"], "pt": ["tem {v} anos", "está com {v} anos"]},
        ),
        "city": (
            names.city(rng, test),
            {"en": ["city", "city", "location", "home", "town"], "pt": ["cidade", "city", "local"]},
            {"en": ["lives in {v}", "is from {v}", "comes from {v}"], "pt": ["mora em {v}", "vive em {v}", "é de {v}"]},
        ),
        "job": (
            _own(chat, JOBS),
            {"en": ["job", "profession", "occupation", "job"], "pt": ["profissao", "trabalho", "job", "profissão"]},
            {"en": ["works as a {v}", "is a {v}"], "pt": ["trabalha como {v}", "é {v}"]},
        ),
        "color": (
            _own(chat, COLOURS),
            {"en": ["color", "favorite_color"], "pt": ["cor", "cor_favorita", "color"]},
            {"en": ["likes the color {v}", "likes {v}"], "pt": ["gosta da cor {v}", "gosta de {v}"]},
        ),
        "food": (
            _own(chat, FOODS),
            {"en": ["food", "favorite_food"], "pt": ["comida", "comida_favorita", "food"]},
            {"en": ["eats {v}", "loves to eat {v}"], "pt": ["come {v}", "adora comer {v}"]},
        ),
        "pet": (
            names.person(rng, test),
            {"en": ["pet", "pet_name", "dog"], "pt": ["pet", "animal", "cachorro"]},
            {"en": ["has a dog named {v}", "has a dog called {v}"], "pt": ["tem um cachorro chamado {v}"]},
        ),
        "email": (
            email,
            {"en": ["email", "mail"], "pt": ["email"]},
            {"en": ["has the email {v}"], "pt": ["tem o email {v}"]},
        ),
        "student": (
            student,
            {"en": ["student", "is_student"], "pt": ["estudante", "is_student"]},
            {"en": ["is a student" if student else "is not a student"], "pt": ["estuda" if student else "não estuda"]},
        ),
    }


TEXT = phrases.load("structured")

NAME_KEYS: Phrases = TEXT["NAME_KEYS"]


def person(chat: Chat) -> tuple[str, dict[str, Value]]:
    """'Ana is 31 and lives in Recife.' and its fields."""
    name = names.person(chat.rng, chat.test)
    if chat.chance(0.12):
        name += " " + names.word(chat.rng, chat.test)
    chosen = chat.rng.sample(sorted(_people(chat).items()), chat.rng.choice((1, 2, 2, 2, 3, 3)))
    parts, data = [], {chat.rng.choice(NAME_KEYS[chat.ask]): name}
    found: dict[str, Value] = dict(data)
    for _, (value, keys, said) in chosen:
        parts.append(chat.rng.choice(said[chat.ask]).replace("{v}", str(value)))
        found[chat.rng.choice(keys[chat.ask])] = value
    joiner = " and " if chat.ask == "en" else " e "
    text = name + " " + (", ".join(parts[:-1]) + joiner if len(parts) > 1 else "") + parts[-1]
    return text + ("." if chat.chance(0.8) else ""), found


def order(chat: Chat) -> tuple[str, dict[str, Value]]:
    """'Ana bought 3 books for 20 dollars.'"""
    quantity, price = chat.rng.randint(2, 20), chat.rng.randint(2, 99)
    product, name = _own(chat, PRODUCTS), names.person(chat.rng, chat.test)
    said = {
        "en": [
            "{n} bought {q} {p} for {m} dollars.",
            "{n} ordered {q} {p} for {m} dollars.",
            "{n} wants {q} {p} and pays {m} dollars.",
            "Order from {n}: {q} {p}, {m} dollars.",
            "{n} pays {m} dollars for {q} {p}.",
        ],
        "pt": [
            "{n} comprou {q} {p} por {m} reais.",
            "{n} pediu {q} {p} por {m} reais.",
            "{n} quer {q} {p} e paga {m} reais.",
            "Pedido de {n}: {q} {p}, {m} reais.",
            "{n} paga {m} reais por {q} {p}.",
        ],
    }
    keys = {
        "en": (
            ["name", "customer", "buyer"],
            ["quantity", "amount", "count"],
            ["product", "item"],
            ["price", "total", "cost"],
        ),
        "pt": (["nome", "cliente"], ["quantidade"], ["produto", "item"], ["preco", "valor", "total", "preço"]),
    }
    text = chat.rng.choice(said[chat.ask]).format(n=name, q=quantity, p=product, m=price)
    values: list[Value] = [name, quantity, product, price]
    return text, {chat.rng.choice(k): v for k, v in zip(keys[chat.ask], values, strict=True)}


_WEEKEND = re.compile(r"\b([nN])a (sábado|domingo)")


def event(chat: Chat) -> tuple[str, dict[str, Value]]:
    """'Meeting with Ana on Monday at 10:30 in Recife.'"""
    name, city = names.person(chat.rng, chat.test), names.city(chat.rng, chat.test)
    title, day = _own(chat, EVENTS), _own(chat, DAYS)
    time = f"{chat.rng.randint(7, 22)}:{chat.rng.choice(('00', '15', '30', '45'))}"
    said = {
        "en": [
            "{t} with {n} on {d} at {h} in {c}.",
            "On {d} at {h} there is a {t} with {n} in {c}.",
            "{n} has a {t} in {c} on {d} at {h}.",
        ],
        "pt": [
            "{t} com {n} na {d} às {h} em {c}.",
            "Na {d} às {h} tem {t} com {n} em {c}.",
            "{n} tem {t} em {c} na {d} às {h}.",
        ],
    }
    keys = {
        "en": (
            ["event", "title", "event"],
            ["name", "person", "with"],
            ["day", "date"],
            ["time", "hour"],
            ["city", "place", "location"],
        ),
        "pt": (
            ["evento", "titulo"],
            ["nome", "pessoa"],
            ["dia", "data"],
            ["hora", "horario"],
            ["cidade", "lugar", "local"],
        ),
    }
    text = chat.rng.choice(said[chat.ask]).format(t=title, n=name, d=day, h=time, c=city)
    text = _WEEKEND.sub(r"\1o \2", text)
    values: list[Value] = [title, name, day, time, city]
    return text[:1].upper() + text[1:], {chat.rng.choice(k): v for k, v in zip(keys[chat.ask], values, strict=True)}


def team(chat: Chat) -> tuple[str, dict[str, Value]]:
    """'Ana, Bob and Carla live in Recife.' and a list of names."""
    people = [names.person(chat.rng, chat.test) for _ in range(chat.rng.choice((2, 3, 3, 4)))]
    city = names.city(chat.rng, chat.test)
    en = chat.ask == "en"
    joined = ", ".join(people[:-1]) + (" and " if en else " e ") + people[-1]
    said = (
        ["{p} live in {c}.", "{p} met in {c}.", "{p} are from {c}."] if en else ["{p} moram em {c}.", "{p} são de {c}."]
    )
    keys = (["names", "people"], ["city", "place"]) if en else (["nomes", "pessoas"], ["cidade", "lugar"])
    return chat.rng.choice(said).format(p=joined, c=city), {
        chat.rng.choice(keys[0]): people,
        chat.rng.choice(keys[1]): city,
    }


GOOD: Phrases = TEXT["GOOD"]
BAD: Phrases = TEXT["BAD"]
REVIEWED: Phrases = TEXT["REVIEWED"]


def review(chat: Chat) -> tuple[str, dict[str, Value]]:
    """'I love this book.' and its sentiment."""
    good = chat.chance(0.5)
    product = chat.rng.choice(REVIEWED[chat.ask])
    text = chat.rng.choice((GOOD if good else BAD)[chat.ask]).format(p=product)
    key = "sentiment" if chat.ask == "en" or chat.chance(0.5) else "sentimento"
    english = key == "sentiment"
    value = ("positive" if good else "negative") if english else ("positivo" if good else "negativo")
    found: dict[str, Value] = {key: value}
    if chat.chance(0.4):
        found["product" if chat.ask == "en" else "produto"] = product
    return text + ".", found


SUBJECT: dict[Any, dict[str, str]] = {
    person: {"en": "person", "pt": "pessoa"},
    order: {"en": "order", "pt": "pedido"},
    event: {"en": "event", "pt": "evento"},
    team: {"en": "team", "pt": "equipe"},
    review: {"en": "review", "pt": "avaliação"},
}
BY_KEYS: Phrases = TEXT["BY_KEYS"]
BY_SUBJECT: Phrases = TEXT["BY_SUBJECT"]
BY_SCHEMA: Phrases = TEXT["BY_SCHEMA"]
SYSTEM: Phrases = TEXT["SYSTEM"]


def kind_of(value: Value) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, list):
        return "array"
    return "integer" if isinstance(value, int) else "string"


def schema(data: dict[str, Value]) -> dict[str, Any]:
    """The JSON schema that these fields fill."""
    fields: dict[str, Any] = {}
    for key, value in data.items():
        fields[key] = {"type": kind_of(value)}
        if isinstance(value, list):
            fields[key]["items"] = {"type": "string"}
    return {"type": "object", "properties": fields, "required": list(data)}


def sample(chat: Chat) -> tuple[str, dict[str, Value]]:
    """A sentence about something and the fields in it, in an order of their own."""
    make = chat.rng.choices([person, order, event, team, review], [6, 2, 2, 1, 1])[0]
    text, data = make(chat)
    chat.known["subject"] = SUBJECT[make][chat.ask]
    keys = chat.rng.sample(list(data), len(data))
    if len(keys) > 2 and chat.chance(0.35):
        keys = keys[: chat.rng.randint(2, len(keys))]
    return text, {key: data[key] for key in keys}


def request(chat: Chat, text: str, data: dict[str, Value], keyed: bool = False) -> str:
    """The user's words around the sentence; `keyed` ones always say which keys are wanted."""
    style = chat.rng.random()
    if style < 0.5 or (keyed and style < 0.7):
        keys = list(data)
        last = " and " if chat.ask == "en" else " e "
        listed = (
            ", ".join(keys) if chat.chance(0.3) else ", ".join(keys[:-1]) + (last if len(keys) > 1 else "") + keys[-1]
        )
        asked = chat.pick(BY_KEYS).replace("{k}", listed)
    elif style < 0.6:
        asked = chat.pick(BY_SUBJECT).replace("{s}", chat.known["subject"])
    else:
        full = schema(data)
        shown = full if chat.chance(0.25) else {key: kind_of(value) for key, value in data.items()}
        asked = chat.pick(BY_SCHEMA).replace("{j}", json.dumps(shown, ensure_ascii=False))
    return asked.replace("{t}", text)


def structured(chat: Chat) -> None:
    """One sentence, one JSON object."""
    text, data = sample(chat)
    chat.user(request(chat, text, data))
    chat.say_plain(json.dumps(data, ensure_ascii=False))
