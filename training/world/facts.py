"""A few dozen facts."""

from training.world.chat import Chat, Phrases
from training.world.things import DAYS, MONTHS

CAPITALS = [
    ("Brazil", "Brasil", "o", "Brasília", "Brasília"),
    ("Portugal", "Portugal", "", "Lisbon", "Lisboa"),
    ("France", "França", "a", "Paris", "Paris"),
    ("Spain", "Espanha", "a", "Madrid", "Madri"),
    ("Italy", "Itália", "a", "Rome", "Roma"),
    ("Germany", "Alemanha", "a", "Berlin", "Berlim"),
    ("England", "Inglaterra", "a", "London", "Londres"),
    ("Japan", "Japão", "o", "Tokyo", "Tóquio"),
    ("Argentina", "Argentina", "a", "Buenos Aires", "Buenos Aires"),
    ("Chile", "Chile", "o", "Santiago", "Santiago"),
    ("Peru", "Peru", "o", "Lima", "Lima"),
    ("Canada", "Canadá", "o", "Ottawa", "Ottawa"),
    ("Egypt", "Egito", "o", "Cairo", "Cairo"),
    ("China", "China", "a", "Beijing", "Pequim"),
    ("Greece", "Grécia", "a", "Athens", "Atenas"),
    ("Norway", "Noruega", "a", "Oslo", "Oslo"),
]
CAPITAL_ASKED: Phrases = {
    "en": [
        "What is the capital of {c}?",
        "What's the capital of {c}?",
        "Capital of {c}?",
        "Which city is the capital of {c}?",
        "Tell me the capital of {c}",
        "Do you know the capital of {c}?",
        "Name the capital of {c}",
        "{c}'s capital?",
        "The capital of {c} is?",
        "What is the capital city of {c}?",
        "Can you name the capital of {c}?",
    ],
    "pt": [
        "Qual é a capital d{c}?",
        "Qual a capital d{c}?",
        "Capital d{c}?",
        "Que cidade é a capital d{c}?",
        "Diga a capital d{c}",
        "Você sabe a capital d{c}?",
        "Me fale a capital d{c}",
        "A capital d{c} é?",
        "Sabe qual é a capital d{c}?",
        "Pode dizer qual é a capital d{c}?",
    ],
}


def of(article: str, name: str) -> str:
    """The Portuguese 'de' joined to its article, without the d: 'o Brasil', 'a França', 'e Portugal'."""
    return f"{article or 'e'} {name}"


SINGLE: list[tuple[Phrases, str, str]] = [
    (
        {
            "en": [
                "How many days are [there |]in a week?",
                "How many days does a week have?",
                "A week has how many days?",
                "Number of days in a week?",
            ],
            "pt": [
                "Quantos dias [tem|há em] uma semana?",
                "Quantos dias a semana tem?",
                "Uma semana tem quantos dias?",
                "Número de dias da semana?",
            ],
        },
        "A week has 7 days.",
        "Uma semana tem 7 dias.",
    ),
    (
        {
            "en": [
                "How many months are [there |]in a year?",
                "How many months does a year have?",
                "A year has how many months?",
                "Number of months in a year?",
            ],
            "pt": [
                "Quantos meses [tem|há em] um ano?",
                "Quantos meses o ano tem?",
                "Um ano tem quantos meses?",
                "Número de meses do ano?",
            ],
        },
        "A year has 12 months.",
        "Um ano tem 12 meses.",
    ),
    (
        {
            "en": [
                "How many days are [there |]in a year?",
                "How many days does a year have?",
                "A year has how many days?",
                "Number of days in a year?",
            ],
            "pt": [
                "Quantos dias [tem|há em] um ano?",
                "Quantos dias o ano tem?",
                "Um ano tem quantos dias?",
                "Número de dias do ano?",
            ],
        },
        "A year has 365 days.",
        "Um ano tem 365 dias.",
    ),
    (
        {
            "en": [
                "How many hours are [there |]in a day?",
                "How many hours does a day have?",
                "A day has how many hours?",
                "Number of hours in a day?",
            ],
            "pt": [
                "Quantas horas [tem|há em] um dia?",
                "Quantas horas o dia tem?",
                "Um dia tem quantas horas?",
                "Número de horas do dia?",
            ],
        },
        "A day has 24 hours.",
        "Um dia tem 24 horas.",
    ),
    (
        {
            "en": [
                "How many minutes are [there |]in an hour?",
                "How many minutes does an hour have?",
                "An hour has how many minutes?",
                "Number of minutes in an hour?",
            ],
            "pt": [
                "Quantos minutos [tem|há em] uma hora?",
                "Quantos minutos a hora tem?",
                "Uma hora tem quantos minutos?",
                "Número de minutos de uma hora?",
            ],
        },
        "An hour has 60 minutes.",
        "Uma hora tem 60 minutos.",
    ),
    (
        {
            "en": [
                "How many seconds are [there |]in a minute?",
                "How many seconds does a minute have?",
                "A minute has how many seconds?",
                "Number of seconds in a minute?",
            ],
            "pt": [
                "Quantos segundos [tem|há em] um minuto?",
                "Quantos segundos o minuto tem?",
                "Um minuto tem quantos segundos?",
                "Número de segundos de um minuto?",
            ],
        },
        "A minute has 60 seconds.",
        "Um minuto tem 60 segundos.",
    ),
    (
        {
            "en": [
                "What color is the sky?",
                "Which color is the sky?",
                "The sky is what color?",
                "What is the color of the sky?",
            ],
            "pt": [
                "Qual é a cor do céu?",
                "De que cor é o céu?",
                "Que cor tem o céu?",
                "O céu é de que cor?",
            ],
        },
        "The sky is blue.",
        "O céu é azul.",
    ),
    (
        {
            "en": [
                "What color is grass?",
                "Which color is the grass?",
                "Grass is what color?",
                "What is the color of grass?",
            ],
            "pt": [
                "Qual é a cor da grama?",
                "De que cor é a grama?",
                "Que cor tem a grama?",
                "A grama é de que cor?",
            ],
        },
        "Grass is green.",
        "A grama é verde.",
    ),
    (
        {
            "en": [
                "What color is the sun?",
                "Which color is the sun?",
                "The sun is what color?",
                "What is the color of the sun?",
            ],
            "pt": [
                "Qual é a cor do sol?",
                "De que cor é o sol?",
                "Que cor tem o sol?",
                "O sol é de que cor?",
            ],
        },
        "The sun looks yellow.",
        "O sol parece amarelo.",
    ),
    (
        {
            "en": [
                "What color is snow?",
                "Which color is the snow?",
                "Snow is what color?",
                "What is the color of snow?",
            ],
            "pt": [
                "Qual é a cor da neve?",
                "De que cor é a neve?",
                "Que cor tem a neve?",
                "A neve é de que cor?",
            ],
        },
        "Snow is white.",
        "A neve é branca.",
    ),
    (
        {
            "en": [
                "What color is a banana?",
                "Which color are bananas?",
                "A banana is what color?",
                "What is the color of a banana?",
            ],
            "pt": [
                "Qual é a cor da banana?",
                "De que cor é a banana?",
                "Que cor tem a banana?",
                "A banana é de que cor?",
            ],
        },
        "A ripe banana is yellow.",
        "A banana madura é amarela.",
    ),
    (
        {
            "en": [
                "How many legs does a [dog|cat|horse] have?",
                "How many legs do [dogs|cats|horses] have?",
                "Number of legs of a [dog|cat|horse]?",
                "A [dog|cat|horse] has how many legs?",
            ],
            "pt": [
                "Quantas patas tem um [cachorro|gato|cavalo]?",
                "Quantas patas um [cachorro|gato|cavalo] tem?",
                "Número de patas de um [cachorro|gato|cavalo]?",
                "Um [cachorro|gato|cavalo] tem quantas patas?",
            ],
        },
        "It has 4 legs.",
        "Tem 4 patas.",
    ),
    (
        {
            "en": [
                "How many legs does a spider have?",
                "How many legs do spiders have?",
                "Number of legs of a spider?",
                "A spider has how many legs?",
            ],
            "pt": [
                "Quantas patas tem uma aranha?",
                "Quantas patas uma aranha tem?",
                "Número de patas de uma aranha?",
                "Uma aranha tem quantas patas?",
            ],
        },
        "A spider has 8 legs.",
        "Uma aranha tem 8 patas.",
    ),
    (
        {
            "en": [
                "What is a llama?",
                "What's a llama?",
                "Tell me about llamas",
                "What animal is a llama?",
                "What are llamas?",
                "Explain what a llama is",
            ],
            "pt": [
                "O que é uma lhama?",
                "Fale sobre lhamas",
                "Que animal é a lhama?",
                "O que são lhamas?",
                "Me fale da lhama",
                "Explique o que é uma lhama",
            ],
        },
        "A llama is a woolly animal from South America.",
        "A lhama é um animal lanoso da América do Sul.",
    ),
    (
        {
            "en": [
                "What sound does a cat make?",
                "What does a cat say?",
                "How does a cat sound?",
                "Which sound does the cat make?",
            ],
            "pt": ["Que som faz o gato?", "O que o gato diz?", "Qual é o som do gato?", "Como o gato faz?"],
        },
        "A cat says meow.",
        "O gato faz miau.",
    ),
    (
        {
            "en": [
                "What sound does a dog make?",
                "What does a dog say?",
                "How does a dog sound?",
                "Which sound does the dog make?",
            ],
            "pt": [
                "Que som faz o cachorro?",
                "O que o cachorro diz?",
                "Qual é o som do cachorro?",
                "Como o cachorro faz?",
            ],
        },
        "A dog says woof.",
        "O cachorro faz au au.",
    ),
    (
        {
            "en": [
                "What is the largest planet?",
                "Which planet is the biggest?",
                "What's the biggest planet?",
                "Name the largest planet",
                "Which is the largest planet in the solar system?",
            ],
            "pt": [
                "Qual é o maior planeta?",
                "Que planeta é o maior?",
                "Qual o maior planeta?",
                "Diga o maior planeta",
                "Qual é o maior planeta do sistema solar?",
            ],
        },
        "Jupiter is the largest planet.",
        "Júpiter é o maior planeta.",
    ),
    (
        {
            "en": [
                "What is the smallest planet?",
                "Which planet is the smallest?",
                "What's the smallest planet?",
                "Name the smallest planet",
                "Which is the smallest planet in the solar system?",
            ],
            "pt": [
                "Qual é o menor planeta?",
                "Que planeta é o menor?",
                "Qual o menor planeta?",
                "Diga o menor planeta",
                "Qual é o menor planeta do sistema solar?",
            ],
        },
        "Mercury is the smallest planet.",
        "Mercúrio é o menor planeta.",
    ),
    (
        {
            "en": [
                "How many planets are there?",
                "How many planets does the solar system have?",
                "Number of planets?",
                "How many planets are in the solar system?",
            ],
            "pt": [
                "Quantos planetas existem?",
                "Quantos planetas tem o sistema solar?",
                "Número de planetas?",
                "Quantos planetas há no sistema solar?",
            ],
        },
        "There are 8 planets.",
        "São 8 planetas.",
    ),
    (
        {
            "en": [
                "At what temperature does water boil?",
                "When does water boil?",
                "What is the boiling point of water?",
                "Water boils at how many degrees?",
            ],
            "pt": [
                "A que temperatura a água ferve?",
                "Quando a água ferve?",
                "Qual é o ponto de ebulição da água?",
                "A água ferve a quantos graus?",
            ],
        },
        "Water boils at 100 degrees Celsius.",
        "A água ferve a 100 graus Celsius.",
    ),
    (
        {
            "en": [
                "At what temperature does water freeze?",
                "When does water freeze?",
                "What is the freezing point of water?",
                "Water freezes at how many degrees?",
            ],
            "pt": [
                "A que temperatura a água congela?",
                "Quando a água congela?",
                "Qual é o ponto de congelamento da água?",
                "A água congela a quantos graus?",
            ],
        },
        "Water freezes at 0 degrees Celsius.",
        "A água congela a 0 graus Celsius.",
    ),
    (
        {
            "en": [
                "How many continents are there?",
                "Number of continents?",
                "How many continents does the Earth have?",
                "The Earth has how many continents?",
            ],
            "pt": [
                "Quantos continentes existem?",
                "Número de continentes?",
                "Quantos continentes a Terra tem?",
                "A Terra tem quantos continentes?",
            ],
        },
        "There are 7 continents.",
        "São 7 continentes.",
    ),
    (
        {
            "en": [
                "What language is spoken in Brazil?",
                "Which language do people speak in Brazil?",
                "What do Brazilians speak?",
                "Which language is spoken in Brazil?",
            ],
            "pt": [
                "Que língua se fala no Brasil?",
                "Que idioma falam no Brasil?",
                "Qual é a língua do Brasil?",
                "No Brasil se fala que língua?",
            ],
        },
        "Portuguese is spoken in Brazil.",
        "No Brasil se fala português.",
    ),
    (
        {
            "en": [
                "What is the opposite of hot?",
                "What's the opposite of hot?",
                "Opposite of hot?",
                "Which word is the opposite of hot?",
            ],
            "pt": [
                "Qual é o contrário de quente?",
                "Qual o oposto de quente?",
                "Contrário de quente?",
                "Que palavra é o contrário de quente?",
            ],
        },
        "The opposite of hot is cold.",
        "O contrário de quente é frio.",
    ),
    (
        {
            "en": [
                "What is the opposite of big?",
                "What's the opposite of big?",
                "Opposite of big?",
                "Which word is the opposite of big?",
            ],
            "pt": [
                "Qual é o contrário de grande?",
                "Qual o oposto de grande?",
                "Contrário de grande?",
                "Que palavra é o contrário de grande?",
            ],
        },
        "The opposite of big is small.",
        "O contrário de grande é pequeno.",
    ),
    (
        {
            "en": [
                "What is the opposite of day?",
                "What's the opposite of day?",
                "Opposite of day?",
                "Which word is the opposite of day?",
            ],
            "pt": [
                "Qual é o contrário de dia?",
                "Qual o oposto de dia?",
                "Contrário de dia?",
                "Que palavra é o contrário de dia?",
            ],
        },
        "The opposite of day is night.",
        "O contrário de dia é noite.",
    ),
    (
        {
            "en": [
                "What do bees make?",
                "What do bees produce?",
                "Bees make what?",
                "Tell me what bees make",
            ],
            "pt": [
                "O que as abelhas fazem?",
                "O que as abelhas produzem?",
                "As abelhas fazem o quê?",
                "Diga o que as abelhas fazem",
            ],
        },
        "Bees make honey.",
        "As abelhas fazem mel.",
    ),
    (
        {
            "en": ["What do cows eat?", "What does a cow eat?", "Cows eat what?", "Tell me what cows eat"],
            "pt": [
                "O que as vacas comem?",
                "O que uma vaca come?",
                "As vacas comem o quê?",
                "Diga o que as vacas comem",
            ],
        },
        "Cows eat grass.",
        "As vacas comem grama.",
    ),
    (
        {
            "en": [
                "Where does the sun rise?",
                "On which side does the sun rise?",
                "The sun rises where?",
                "In which direction does the sun rise?",
            ],
            "pt": [
                "Onde o sol nasce?",
                "De que lado o sol nasce?",
                "O sol nasce onde?",
                "Em que direção o sol nasce?",
            ],
        },
        "The sun rises in the east.",
        "O sol nasce no leste.",
    ),
    (
        {
            "en": [
                "What is water made of?",
                "What's water made of?",
                "Water is made of what?",
                "What does water consist of?",
            ],
            "pt": [
                "Do que é feita a água?",
                "De que é feita a água?",
                "A água é feita de quê?",
                "A água é composta de quê?",
            ],
        },
        "Water is made of hydrogen and oxygen.",
        "A água é feita de hidrogênio e oxigênio.",
    ),
    (
        {
            "en": [
                "How many letters are in the alphabet?",
                "How many letters does the alphabet have?",
                "Number of letters in the alphabet?",
                "The alphabet has how many letters?",
            ],
            "pt": [
                "Quantas letras tem o alfabeto?",
                "Quantas letras o alfabeto tem?",
                "Número de letras do alfabeto?",
                "O alfabeto tem quantas letras?",
            ],
        },
        "The alphabet has 26 letters.",
        "O alfabeto tem 26 letras.",
    ),
    (
        {
            "en": [
                "How many fingers are on a hand?",
                "How many fingers does a hand have?",
                "Number of fingers of a hand?",
                "A hand has how many fingers?",
            ],
            "pt": [
                "Quantos dedos tem uma mão?",
                "Quantos dedos a mão tem?",
                "Número de dedos da mão?",
                "Uma mão tem quantos dedos?",
            ],
        },
        "A hand has 5 fingers.",
        "Uma mão tem 5 dedos.",
    ),
]
NEXT_ASKED: Phrases = {
    "en": [
        "What comes after {d}?",
        "What is after {d}?",
        "Which one follows {d}?",
        "What comes next after {d}?",
        "After {d} comes?",
    ],
    "pt": [
        "O que vem depois de {d}?",
        "O que vem após {d}?",
        "Qual vem depois de {d}?",
        "O que segue {d}?",
        "Depois de {d} vem?",
    ],
}


def capital(chat: Chat) -> None:
    en, pt, article, city_en, city_pt = chat.rng.choice(CAPITALS)
    name = en if chat.ask == "en" else of(article, pt)
    chat.user(chat.pick(CAPITAL_ASKED).replace("{c}", name))
    told = {"en": f"The capital of {en} is {city_en}.", "pt": f"A capital d{of(article, pt)} é {city_pt}."}
    _answer(chat, told)


def following(chat: Chat) -> None:
    """The day or month after another."""
    pairs = chat.rng.choice([DAYS, MONTHS])
    at = chat.rng.randrange(len(pairs))
    this, then = pairs[at], pairs[(at + 1) % len(pairs)]
    chat.user(chat.pick(NEXT_ASKED).replace("{d}", this[0 if chat.ask == "en" else 1]))
    _answer(chat, {"en": f"{then[0]} comes after {this[0]}.", "pt": f"Depois de {this[1]} vem {then[1]}."})


def _answer(chat: Chat, told: dict[str, str]) -> None:
    chat.say_pair({language: [text] for language, text in told.items()})


def facts(chat: Chat) -> None:
    kind = chat.rng.random()
    if kind < 0.3:
        capital(chat)
    elif kind < 0.4:
        following(chat)
    else:
        asked, en, pt = chat.rng.choice(SINGLE)
        chat.user(chat.pick(asked))
        _answer(chat, {"en": en, "pt": pt})
