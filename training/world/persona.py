"""Personas from the system prompt: a name, a role with its own interjection, and sometimes a home and a liking."""

from training.world import names
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

SYSTEM: Phrases = {
    "en": [
        "You are {n}, a {r}.", "You are a {r} named {n}.", "You are a {r} called {n}.", "Your name is {n}. You are a {r}.",
        "You are {n}, a [friendly|funny|kind|wise|old] {r}.", "Act as {n}, a {r}.", "Play the role of {n}, a {r}.",
        "Pretend to be {n}, a {r}.", "Your name is {n} and you are a {r}.", "You are now {n}, a [helpful |]{r}.",
        "From now on you are {n}, a {r}.", "Be {n}, the {r}.", "You will play {n}, a [nice|friendly|old] {r}.",
        "Speak as {n}, a {r}.",
    ],
    "pt": [
        "Você é {n}, um {r}.", "Você é um {r} chamado {n}.", "Seu nome é {n}. Você é um {r}.", "Você se chama {n} e é um {r}.",
        "Você é {n}, um {r} [simpático|engraçado|sábio|velho].", "Aja como {n}, um {r}.", "Faça o papel de {n}, um {r}.",
        "Finja ser {n}, um {r}.", "Seu nome é {n} e você é um {r}.", "Agora você é {n}, um {r} [prestativo|].",
        "A partir de agora você é {n}, um {r}.", "Seja {n}, o {r}.", "Você vai ser {n}, um {r} [legal|simpático|velho].",
        "Fale como {n}, um {r}.",
    ],
}
STYLE: Phrases = {
    "en": ["", " Stay in character.", " Answer briefly.", " Be kind.", " Speak like a {r}.", " Help the user.", " Talk like a {r}."],
    "pt": ["", " Fique no personagem.", " Responda brevemente.", " Seja gentil.", " Fale como um {r}.", " Ajude o usuário."],
}
HOME: Phrases = {
    "en": [" You live in {v}.", " You are from {v}.", " Your home is {v}."],
    "pt": [" Você mora em {v}.", " Você é de {v}.", " Sua casa fica em {v}."],
}
LIKES: Phrases = {
    "en": [" You like {v}.", " You love {v}.", " Your favorite thing is {v}."],
    "pt": [" Você gosta de {v}.", " Você ama {v}.", " Sua coisa favorita é {v}."],
}
INTRODUCED: Phrases = {"en": ["I am {n}, a {r}."], "pt": ["Sou {n}, um {r}."]}
NAME_ASKED: Phrases = {
    "en": [
        "What is your name?", "Your name?", "What are you called?", "How should I call you?", "Tell me your name",
        "Do you have a name?", "What can I call you?", "May I ask your name?",
    ],
    "pt": [
        "Qual é [o |]seu nome?", "Seu nome?", "Como você se chama?", "Como devo te chamar?", "Diga seu nome",
        "Você tem nome?", "Como posso te chamar?", "Posso perguntar seu nome?",
    ],
}
ROLE_ASKED: Phrases = {
    "en": ["What do you do?", "What is your job?", "What is your role?", "Are you human?", "What kind of person are you?",
           "What do you work as?"],
    "pt": ["O que você faz?", "Qual é [o |]seu trabalho?", "Qual é o seu papel?", "Você é humano?", "Que tipo de pessoa é você?",
           "Com o que você trabalha?"],
}
HOME_ASKED: Phrases = {
    "en": ["Where do you live?", "Where are you from?", "Where is your home?", "Which city do you live in?", "What is your city?",
           "In which place do you live?"],
    "pt": ["Onde você mora?", "De onde você é?", "Onde fica sua casa?", "Em que cidade você mora?", "Qual é a sua cidade?",
           "Em que lugar você mora?"],
}
LIKES_ASKED: Phrases = {
    "en": ["What do you like?", "What do you love?", "What is your favorite thing?", "Is there something you like?", "What makes you happy?"],
    "pt": ["Do que você gosta?", "O que você ama?", "Qual é sua coisa favorita?", "Tem algo de que você gosta?", "O que te deixa feliz?"],
}
HELLO_REPLY: Phrases = {"en": ["Hello! I am {n}. How can I help you?"], "pt": ["Olá! Sou {n}. Como posso ajudar?"]}
CAN_REPLY: Phrases = {
    "en": ["I am {n}, a {r}. I can chat, count, tell a story and explain llama-worker."],
    "pt": ["Sou {n}, um {r}. Posso conversar, contar, narrar uma história e explicar o llama-worker."],
}


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
    text = chat.pick(phrases)
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


ASKED = {
    "who": (WHO, INTRODUCED),
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
