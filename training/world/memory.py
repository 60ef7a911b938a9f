"""Remember what the user said about themselves, and ask for it later."""

from collections.abc import Callable

from training.world import names
from training.world.chat import Chat, Phrases
from training.world.things import ANIMALS, COLOURS, FOODS, JOBS, SPORTS

Pair = tuple[str, str]
Choose = Callable[[Chat], Pair]


def _from(pairs: list[Pair]) -> Choose:
    return lambda chat: chat.rng.choice(pairs)


def _same(choose: Callable[..., str]) -> Choose:
    def chosen(chat: Chat) -> Pair:
        value = choose(chat.rng, chat.test)
        return value, value

    return chosen


def _age(chat: Chat) -> Pair:
    value = str(chat.rng.randint(6, 95))
    return value, value


class Trait:
    """One thing to remember: how users say it, how it is acknowledged, asked for and answered."""

    def __init__(
        self,
        choose: Choose,
        told: Phrases,
        noted: Phrases,
        asked: Phrases,
        recalled: Phrases,
        missing: Phrases,
    ):
        self.choose, self.told, self.noted = choose, told, noted
        self.asked, self.recalled, self.missing = asked, recalled, missing


def favourite(pairs: list[Pair], en: str, pt: str, pt_article: str) -> Trait:
    """A favourite colour, food, animal, sport."""
    pt_adjective = "favorita" if pt_article == "a" else "favorito"
    pt_my, pt_your = ("minha", "sua") if pt_article == "a" else ("meu", "seu")
    return Trait(
        _from(pairs),
        {
            "en": [
                f"My favorite {en} is {{v}}.",
                f"My favourite {en} is {{v}}[.|, remember it.]",
                f"{{v}} is my favorite {en}.",
                f"I like {{v}}, it is my favorite {en}.",
                f"Remember that my favorite {en} is {{v}}.",
                f"The {en} I like most is {{v}}.",
            ],
            "pt": [
                f"{pt_my} {pt} {pt_adjective} é {{v}}.",
                f"[Lembre|Lembre-se de] que {pt_my} {pt} {pt_adjective} é {{v}}.",
                f"Eu gosto de {{v}}, é {pt_my} {pt} {pt_adjective}.",
                f"{{v}} é {pt_my} {pt} {pt_adjective}.",
                f"{pt_article.upper()} {pt} de que mais gosto é {{v}}.",
            ],
        },
        {
            "en": [f"Good to know: your favorite {en} is {{v}}."],
            "pt": [f"Bom saber: {pt_your} {pt} {pt_adjective} é {{v}}."],
        },
        {
            "en": [
                f"What is my favorite {en}?",
                f"Which {en} do I like[ most|]?",
                f"Do you remember my favorite {en}?",
                f"What {en} do I like?",
                f"Which is my favourite {en}?",
                f"Tell me my favorite {en}",
                f"Can you say what my favorite {en} is?",
                f"What did I say my favorite {en} was?",
            ],
            "pt": [
                f"Qual é {pt_article} {pt_my} {pt} {pt_adjective}?",
                f"Qual {pt_my} {pt} {pt_adjective}?",
                f"De [qual|que] {pt} eu gosto?",
                f"Você lembra {pt_my} {pt} {pt_adjective}?",
                f"Você lembra qual é {pt_my} {pt} {pt_adjective}?",
                f"Diga {pt_my} {pt} {pt_adjective}",
                f"Qual {pt} eu disse que é {pt_adjective}?",
            ],
        },
        {
            "en": [f"Your favorite {en} is {{v}}."],
            "pt": [f"{pt_your.capitalize()} {pt} {pt_adjective} é {{v}}."],
        },
        {
            "en": [f"You have not told me your favorite {en} yet."],
            "pt": [f"Você ainda não me disse {pt_your} {pt} {pt_adjective}."],
        },
    )


NAME = Trait(
    _same(names.person),
    {
        "en": [
            "My name is {v}[.|!|]",
            "[Hello|Hi|Hey][!|,] [my name is|I am|I'm|this is] {v}[.|!|]",
            "I am {v}[.|!|]",
            "I'm {v}[.|!|]",
            "[You can |Please |]call me {v}[.|!|]",
            "[Hello|Hi], my name is {v}. [What is yours?|Nice to meet you.|How are you?]",
            "People call me {v}.",
            "{v} is my name.",
            "The name is {v}.",
            "Remember my name: {v}.",
            "Remember that my name is {v}.",
            "I am called {v}.",
            "[Good morning|Good evening], I'm {v}[.|!|]",
            "My first name is {v}.",
            "Let me introduce myself: I am {v}.",
            "Just so you know, my name is {v}.",
            "They call me {v}, hello!",
        ],
        "pt": [
            "Meu nome é {v}[.|!|]",
            "[Olá|Oi][!|,] [meu nome é|eu sou|sou|me chamo] {v}[.|!|]",
            "Eu sou [o |a |]{v}[.|!|]",
            "Me chamo {v}[.|!|]",
            "[Pode me chamar de|Me chame de|Me chama de] {v}[.|!|]",
            "Eu me chamo {v}[.|!|]",
            "[Olá|Oi], meu nome é {v}. [E o seu?|Prazer.|Tudo bem?]",
            "{v} é [o |]meu nome.",
            "Lembre meu nome: {v}.",
            "Lembre que meu nome é {v}.",
            "[Bom dia|Boa noite], sou [o|a] {v}[.|!|]",
            "Chamo-me {v}.",
            "Aqui é [o|a] {v}.",
            "Vou me apresentar: sou {v}.",
            "Só para você saber, meu nome é {v}.",
            "Todos me chamam de {v}, olá!",
        ],
    },
    {"en": ["Nice to meet you, {v}!"], "pt": ["Prazer em conhecer você, {v}!"]},
    {
        "en": [
            "What is my name?",
            "What's my name?",
            "Do you [remember|know] my name?",
            "Who am I?",
            "What am I called?",
            "Say my name[.|]",
            "Can you tell me my name?",
            "Tell me my name",
            "Do you know who I am?",
            "Do you remember who I am?",
            "And what is my name?",
            "What was my name[ again|]?",
            "Remind me of my name",
            "What name did I [give|tell] you?",
            "Could you say my name?",
            "Do you still know my name?",
        ],
        "pt": [
            "Qual é [o |]meu nome?",
            "Você [lembra|sabe] [o |]meu nome?",
            "Quem sou eu?",
            "Como eu me chamo?",
            "Como me chamo?",
            "Diga [o |]meu nome[.|]",
            "Pode me dizer meu nome?",
            "Você sabe quem eu sou?",
            "Lembra de mim?",
            "E qual é o meu nome?",
            "Qual era o meu nome?",
            "Me lembre do meu nome",
            "Que nome eu disse?",
            "Você lembra quem eu sou?",
            "Pode dizer o meu nome?",
            "Você ainda sabe meu nome?",
        ],
    },
    {"en": ["Your name is {v}."], "pt": ["Seu nome é {v}."]},
    {"en": ["You have not told me your name yet."], "pt": ["Você ainda não me disse seu nome."]},
)
CITY = Trait(
    _same(names.city),
    {
        "en": [
            "I live in {v}.",
            "I am from {v}.",
            "I'm from {v}.",
            "My city is {v}.",
            "My home is in {v}.",
            "I am living in {v}.",
            "I moved to {v}.",
            "I come from {v}.",
            "Right now I live in {v}.",
            "My house is in {v}.",
        ],
        "pt": [
            "[Eu |]moro em {v}.",
            "[Eu |]sou de {v}.",
            "Minha cidade é {v}.",
            "Minha casa fica em {v}.",
            "[Eu |]vivo em {v}.",
            "Eu me mudei para {v}.",
            "Venho de {v}.",
            "Atualmente moro em {v}.",
            "Estou morando em {v}.",
        ],
    },
    {"en": ["{v} sounds like a nice place!"], "pt": ["{v} parece um lugar legal!"]},
    {
        "en": [
            "Where do I live?",
            "Where am I from?",
            "What is my city?",
            "Which city do I live in?",
            "In which city do I live?",
            "Do you [remember|know] where I live?",
            "Where is my home?",
            "What city am I from?",
            "Tell me where I live",
        ],
        "pt": [
            "Onde eu moro?",
            "De onde eu sou?",
            "Qual é [a |]minha cidade?",
            "Em que cidade eu moro?",
            "Onde eu vivo?",
            "Você [lembra|sabe] onde eu moro?",
            "Onde fica minha casa?",
            "Em qual cidade moro?",
            "Diga onde eu moro",
        ],
    },
    {"en": ["You live in {v}."], "pt": ["Você mora em {v}."]},
    {"en": ["You have not told me where you live yet."], "pt": ["Você ainda não me disse onde mora."]},
)
PET = Trait(
    _same(names.person),
    {
        "en": [
            "My [dog|cat|pet] is called {v}.",
            "I have a [dog|cat] named {v}.",
            "My pet's name is {v}.",
            "I have a [dog|cat] called {v}.",
            "The name of my [dog|cat|pet] is {v}.",
        ],
        "pt": [
            "Meu [cachorro|gato|bicho] se chama {v}.",
            "Tenho um [cachorro|gato] chamado {v}.",
            "O nome do meu [cachorro|gato] é {v}.",
            "Eu tenho um [cachorro|gato] de nome {v}.",
            "O meu [cachorro|gato] tem o nome de {v}.",
        ],
    },
    {"en": ["{v} is a lovely name for a pet!"], "pt": ["{v} é um nome lindo!"]},
    {
        "en": [
            "What is my [dog|cat|pet] called?",
            "What is the name of my [dog|cat|pet]?",
            "What is my pet's name?",
            "Do you remember my [dog|cat|pet]'s name?",
            "How is my [dog|cat|pet] called?",
            "Tell me the name of my [dog|cat|pet]",
        ],
        "pt": [
            "Como se chama meu [cachorro|gato|bicho]?",
            "Qual é o nome do meu [cachorro|gato|bicho]?",
            "Você lembra o nome do meu [cachorro|gato]?",
            "Qual o nome do meu [cachorro|gato]?",
            "Diga o nome do meu [cachorro|gato]",
        ],
    },
    {"en": ["Your pet is called {v}."], "pt": ["O seu bicho se chama {v}."]},
    {"en": ["You have not told me about your pet yet."], "pt": ["Você ainda não me falou do seu bicho."]},
)
AGE = Trait(
    _age,
    {
        "en": [
            "I am {v} years old.",
            "I'm {v}[.| years old.]",
            "My age is {v}.",
            "I turned {v} [today|yesterday].",
            "I just turned {v}.",
        ],
        "pt": [
            "[Eu |]tenho {v} anos.",
            "Minha idade é {v}[.| anos.]",
            "Fiz {v} anos [hoje|ontem].",
            "Eu estou com {v} anos.",
        ],
    },
    {"en": ["{v} is a good age!"], "pt": ["{v} anos é uma boa idade!"]},
    {
        "en": [
            "How old am I?",
            "What is my age?",
            "Do you remember my age?",
            "Do you know how old I am?",
            "Tell me my age",
        ],
        "pt": [
            "Quantos anos eu tenho?",
            "Qual é [a |]minha idade?",
            "Você lembra minha idade?",
            "Você sabe quantos anos tenho?",
            "Diga minha idade",
        ],
    },
    {"en": ["You are {v} years old."], "pt": ["Você tem {v} anos."]},
    {"en": ["You have not told me your age yet."], "pt": ["Você ainda não me disse sua idade."]},
)
JOB = Trait(
    _from(JOBS),
    {
        "en": [
            "I work as a {v}.",
            "My job is {v}.",
            "I have a job as a {v}.",
            "My profession is {v}.",
            "I am working as a {v}.",
        ],
        "pt": [
            "[Eu |]trabalho como {v}.",
            "Minha profissão é {v}.",
            "Meu trabalho é ser {v}.",
            "Estou trabalhando como {v}.",
        ],
    },
    {"en": ["That is an interesting job, {v}!"], "pt": ["Que profissão interessante, {v}!"]},
    {
        "en": [
            "What is my job?",
            "What do I do for a living?",
            "What do I work as?",
            "Do you remember my job?",
            "What is my profession?",
        ],
        "pt": [
            "Qual é [a |]minha profissão?",
            "Com o que eu trabalho?",
            "Qual é o meu trabalho?",
            "Você lembra minha profissão?",
            "Em que eu trabalho?",
        ],
    },
    {"en": ["You work as a {v}."], "pt": ["Você trabalha como {v}."]},
    {"en": ["You have not told me your job yet."], "pt": ["Você ainda não me disse sua profissão."]},
)
TRAITS: dict[str, Trait] = {
    "name": NAME,
    "city": CITY,
    "pet": PET,
    "age": AGE,
    "job": JOB,
    "color": favourite(COLOURS, "color", "cor", "a"),
    "food": favourite(FOODS, "food", "comida", "a"),
    "animal": favourite(ANIMALS, "animal", "animal", "o"),
    "sport": favourite(SPORTS, "sport", "esporte", "o"),
}
CHANCES = {"name": 7, "city": 2, "pet": 1, "age": 1, "job": 1, "color": 2, "food": 1, "animal": 1, "sport": 1}


def _index(language: str) -> int:
    return 0 if language == "en" else 1


def choose_trait(chat: Chat) -> str:
    return chat.rng.choices(list(CHANCES), list(CHANCES.values()))[0]


def tell(chat: Chat, kind: str) -> None:
    """The user says something about themselves; the assistant takes note."""
    trait = TRAITS[kind]
    value = trait.choose(chat)
    chat.known.setdefault("traits", {})[kind] = value
    text = chat.pick(trait.told).replace("{v}", value[_index(chat.ask)])
    chat.user(text[:1].upper() + text[1:] if chat.chance(0.8) else text)
    noted = chat.reply(trait.noted).replace("{v}", value[_index(chat.answer)])
    chat.say(noted[:1].upper() + noted[1:])


def recall(chat: Chat, kind: str) -> None:
    """The user asks for it again: the answer, or that it was never said."""
    trait = TRAITS[kind]
    value = chat.known.get("traits", {}).get(kind)
    chat.user(chat.pick(trait.asked))
    if value is None:
        chat.say(chat.reply(trait.missing))
    else:
        chat.say(chat.reply(trait.recalled).replace("{v}", value[_index(chat.answer)]))


def memory(chat: Chat) -> None:
    """Tell something new, or ask for something told (or never told)."""
    told = list(chat.known.get("traits", {}))
    if told and chat.chance(0.6):
        recall(chat, chat.rng.choice(told))
    elif chat.chance(0.85):
        tell(chat, choose_trait(chat))
    else:
        recall(chat, choose_trait(chat))
