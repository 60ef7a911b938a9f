"""Names, cities and things: short lists of real ones and endless made-up ones, split into training and test halves."""

import random
import zlib

FIRST = [
    "Ana",
    "Bruno",
    "Carla",
    "Diego",
    "Elisa",
    "Fabio",
    "Gabriela",
    "Hugo",
    "Ines",
    "Joao",
    "Karen",
    "Lucas",
    "Maria",
    "Nina",
    "Otto",
    "Paula",
    "Rafael",
    "Sara",
    "Tiago",
    "Vera",
    "William",
    "Alice",
    "Bob",
    "Carol",
    "David",
    "Emma",
    "Frank",
    "Grace",
    "Henry",
    "Iris",
    "Jack",
    "Kate",
    "Leo",
    "Mary",
    "Noah",
    "Oliver",
    "Peter",
    "Rosa",
    "Sam",
    "Tom",
    "Alex",
    "Beatriz",
    "Camila",
    "Daniel",
    "Eva",
    "Felipe",
    "Gustavo",
    "Helena",
    "Igor",
    "Julia",
    "Larissa",
    "Marcos",
    "Natalia",
    "Pedro",
    "Renata",
    "Sofia",
    "Thiago",
    "Vitor",
    "Yara",
    "Laura",
    "Luiz",
    "Mateus",
    "Miguel",
    "Clara",
    "Davi",
    "Artur",
    "Bia",
    "Caio",
    "Dora",
    "Enzo",
    "Lia",
    "Max",
    "Mia",
    "Nick",
    "Omar",
    "Paul",
    "Rita",
    "Rui",
    "Tina",
    "Zoe",
    "Ben",
    "Amy",
    "John",
    "Jane",
    "Mike",
    "Anna",
    "Lisa",
    "Mark",
    "Luke",
    "Ella",
    "Liam",
    "Ruth",
    "Ivan",
    "Olga",
    "Yuki",
    "Kenji",
    "Mei",
    "Ali",
    "Fatima",
    "Chen",
    "Raj",
    "Priya",
    "Lena",
    "Hans",
    "Greta",
    "Jose",
    "José",
    "João",
    "Inês",
    "Mônica",
    "Antônio",
    "Sônia",
    "Fábio",
    "Cláudia",
    "Sérgio",
    "Márcia",
    "Luís",
    "Zé",
    "Joana",
    "Teresa",
    "Carlos",
    "Fernanda",
    "Roberto",
    "Patricia",
]

CITIES = """Recife|Lisbon|Lisboa|Paris|London|Londres|Berlin|Berlim|Madrid|Rome|Roma|Tokyo|Tóquio|Salvador|Curitiba|
Manaus|Belém|Natal|Fortaleza|Brasília|Porto Alegre|São Paulo|Rio de Janeiro|Florianópolis|Belo Horizonte|New York|
Nova York|Chicago|Boston|Toronto|Vienna|Viena|Oslo|Dublin|Porto|Coimbra|Lima|Quito|Bogotá|Santiago|Buenos Aires|
Montevideo|Sydney|Cairo|Nairobi|Mumbai|Delhi|Seoul|Seul|Beijing|Athens|Atenas|Prague|Praga|Amsterdam|Campinas|Santos|
Olinda|Goiânia|Vitória|Maceió|Aracaju|Teresina|Cuiabá|Niterói|Sorocaba|Seattle|Denver|Austin|Miami|Dallas|Milan|
Munich|Geneva|Zurich|Helsinki|Stockholm|Copenhagen|Warsaw|Budapest|Lyon|Seville|Valencia|Bergen|Kyoto|Osaka""".replace(
    "\n", ""
).split("|")

_ONSETS = [
    "B",
    "Br",
    "C",
    "Cr",
    "D",
    "Dr",
    "F",
    "Fr",
    "G",
    "Gr",
    "J",
    "K",
    "L",
    "M",
    "N",
    "P",
    "Pr",
    "Qu",
    "R",
    "S",
    "St",
    "T",
    "Tr",
    "V",
    "W",
    "Z",
    "Ch",
    "Sh",
    "Th",
]
_MIDDLES = [
    "b",
    "c",
    "d",
    "f",
    "g",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "z",
    "nd",
    "rt",
    "ll",
    "st",
    "mb",
    "lv",
    "nt",
    "rr",
    "x",
    "k",
]
_VOWELS = ["a", "e", "i", "o", "u", "a", "e", "i", "o", "ia", "ei", "au"]
_ENDS = ["n", "s", "r", "l", "m", "x", "t", "k", "d", "a", "o", "e", "ia", "io"]


def held_out(word: str) -> bool:
    """About one word in eight is never used in training."""
    return zlib.crc32(word.lower().encode()) % 8 == 0


def invented(rng: random.Random) -> str:
    """A word of two or three syllables that sounds like a name."""
    word = rng.choice(_ONSETS) + rng.choice(_VOWELS)
    for _ in range(rng.choice((1, 1, 2))):
        word += rng.choice(_MIDDLES) + rng.choice(_VOWELS)
    return word + rng.choice(_ENDS) if rng.random() < 0.6 else word


def _choose(rng: random.Random, listed: list[str], test: bool, made_up: float) -> str:
    while True:
        word = invented(rng) if rng.random() < made_up else rng.choice(listed)
        if held_out(word) == test:
            return word


def person(rng: random.Random, test: bool) -> str:
    return _choose(rng, FIRST, test, 0.5)


def city(rng: random.Random, test: bool) -> str:
    return _choose(rng, CITIES, test, 0.55)


def word(rng: random.Random, test: bool) -> str:
    return _choose(rng, FIRST, test, 1.0)
