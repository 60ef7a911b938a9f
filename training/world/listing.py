"""Counting, lists, stories and long texts: answers that take a while."""

from training.world import names
from training.world.chat import Chat, Phrases
from training.world.things import ANIMALS, COLOURS, DAYS, FRUITS, MONTHS, PLANETS, SEASONS, column

COUNT_TO: Phrases = {
    "en": [
        "Count to {b}[.|]", "Count from 1 to {b}[.|]", "Can you count to {b}?", "Please count up to {b}", "Count up to {b}[.|]",
        "Write the numbers from 1 to {b}", "List the numbers from 1 to {b}", "Say the numbers 1 to {b}", "I want you to count to {b}",
        "Count until {b}", "Show me the numbers from 1 to {b}", "Let us count to {b}", "Could you count from 1 to {b}?",
    ],
    "pt": [
        "Conte até {b}[.|]", "Conte de 1 a {b}[.|]", "Você pode contar até {b}?", "Por favor conte até {b}", "Conta até {b}[.|]",
        "Escreva os números de 1 a {b}", "Liste os números de 1 a {b}", "Diga os números de 1 até {b}", "Quero que conte até {b}",
        "Conte de um até {b}", "Mostre os números de 1 a {b}", "Vamos contar até {b}", "Poderia contar de 1 até {b}?",
    ],
}
COUNT_FROM: Phrases = {
    "en": ["Count from {a} to {b}[.|]", "Write the numbers from {a} to {b}", "List the numbers {a} to {b}", "Can you count from {a} to {b}?",
           "Numbers from {a} to {b}", "Start at {a} and count to {b}", "Show me the numbers from {a} to {b}"],
    "pt": ["Conte de {a} a {b}[.|]", "Escreva os números de {a} a {b}", "Liste os números de {a} até {b}", "Pode contar de {a} até {b}?",
           "Números de {a} a {b}", "Comece em {a} e conte até {b}", "Mostre os números de {a} a {b}"],
}
COUNT_DOWN: Phrases = {
    "en": ["Count down from {b}[.|]", "Count backwards from {b}[.|]", "Countdown from {b}", "Count from {b} down to 1", "Do a countdown from {b}"],
    "pt": ["Conte de trás para frente a partir de {b}", "Faça uma contagem regressiva de {b}", "Contagem regressiva de {b}",
           "Conte de {b} até 1", "Conte para trás de {b}"],
}
CONTINUE: Phrases = {
    "en": ["Continue[.|]", "Go on[.|]", "Keep going[.|]", "More[.|]", "Continue, please", "And then?", "Tell me more", "Go ahead", "Next", "What next?", "Please continue", "Please go on"],
    "pt": ["Continue[.|]", "Continua[.|]", "Segue[.|]", "Mais[.|]", "Continue, por favor", "E depois?", "Conte mais", "Prossiga", "Próximo", "E agora?", "Por favor continue", "Continue mais"],
}
ASK_LIST: Phrases = {
    "en": ["List {w}[.|]", "Name {w}[.|]", "What are {w}?", "Tell me {w}", "Say {w}[.|]", "Can you list {w}?", "Write {w}", "Give me {w}",
           "Show me {w}", "Could you name {w}?"],
    "pt": ["Liste {w}[.|]", "Diga {w}[.|]", "Quais são {w}?", "Me diga {w}", "Fale {w}[.|]", "Você pode listar {w}?", "Escreva {w}",
           "Me dê {w}", "Mostre {w}", "Poderia dizer {w}?"],
}
LETTERS = [(letter, letter) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
EVEN, ODD = [(str(n), str(n)) for n in range(2, 21, 2)], [(str(n), str(n)) for n in range(1, 20, 2)]
WHOLE = [
    ("the days of the week", "os dias da semana", DAYS), ("the months of the year", "os meses do ano", MONTHS),
    ("the months", "os meses", MONTHS), ("the planets", "os planetas", PLANETS), ("the seasons", "as estações do ano", SEASONS),
    ("the alphabet", "o alfabeto", LETTERS), ("the letters of the alphabet", "as letras do alfabeto", LETTERS),
    ("the even numbers to 20", "os números pares até 20", EVEN), ("the odd numbers to 20", "os números ímpares até 20", ODD),
    ("the planets of the solar system", "os planetas do sistema solar", PLANETS), ("the days", "os dias", DAYS),
]
SOME = [
    ("colors", "cores", COLOURS[:10]), ("animals", "animais", ANIMALS[:10]), ("fruits", "frutas", FRUITS),
]
STORY_ASKED: Phrases = {
    "en": [
        "Tell me a story[.|]", "Tell a story about {a} {k}", "Write a story about {a} {k}", "A story, please", "Do you know a story?",
        "Tell me a [long|short|nice|little] story[.|]", "Tell me a story about {a} {k} named {n}", "Make up a story about {a} {k}",
        "Write a story[.|]", "Story time!", "I want a story about {a} {k}", "Write a long text about {a} {k}", "Write something long[.|]",
        "Tell me a story about {n}", "Can you tell me a [long|nice] story?", "Write a long story about {a} {k} called {n}",
        "I would like to hear a story", "Please invent a story about {a} {k}", "Write me a [very |]long story",
    ],
    "pt": [
        "Conte uma história[.|]", "Conte uma história sobre um {k}", "Escreva uma história sobre um {k}", "Uma história, por favor",
        "Você sabe uma história?", "Me conte uma história [longa|curta|bonita][.|]", "Conte uma história sobre um {k} chamado {n}",
        "Invente uma história sobre um {k}", "Escreva uma história[.|]", "Hora da história!", "Quero uma história sobre um {k}",
        "Escreva um texto longo sobre um {k}", "Escreva algo longo[.|]", "Conte uma história sobre {n}",
        "Pode me contar uma história [longa|bonita]?", "Escreva uma história longa sobre um {k} chamado {n}",
        "Gostaria de ouvir uma história", "Por favor invente uma história sobre um {k}", "Escreva uma história [bem |]longa para mim",
    ],
}
STORY: Phrases = {
    "en": [
        "Once upon a time there was a {k} named {n}. {n} lived in a small house near a big forest. Every morning {n} went to the "
        "river to drink water and look at the sky. One day {n} met {f} there. {f} was sad because the way home was lost. "
        "{n} said: do not be afraid, we will find it together. They walked over the hills, through the tall grass and along the "
        "old road. It rained, and the wind was cold, but they did not stop. At night they slept under a tree and counted the "
        "stars. In the morning they saw a light far away. It was the home of {f}! {f} danced with joy and cooked a big soup for "
        "everyone. Since that day {n} and {f} are the best of friends. The end.",
    ],
    "pt": [
        "Era uma vez um {k} chamado {n}. {n} morava em uma casa pequena perto de uma grande floresta. Toda manhã {n} ia até o rio "
        "para beber água e olhar o céu. Um dia {n} encontrou {f} ali. {f} estava triste porque não achava o caminho de casa. "
        "{n} disse: não tenha medo, vamos achar juntos. Eles andaram pelas colinas, pelo mato alto e pela velha estrada. "
        "Choveu, e o vento era frio, mas eles não pararam. À noite dormiram debaixo de uma árvore e contaram as estrelas. "
        "De manhã viram uma luz ao longe. Era a casa de {f}! {f} dançou de alegria e fez uma grande sopa para todos. "
        "Desde esse dia {n} e {f} são grandes amigos. Fim.",
    ],
}
STORY_MORE: Phrases = {
    "en": [
        "The next year {n} and {f} went on a new journey. They crossed the sea in a small boat and saw many islands. "
        "When they came home, they told everyone what they had seen. The end.",
    ],
    "pt": [
        "No ano seguinte {n} e {f} fizeram uma nova viagem. Eles cruzaram o mar em um barco pequeno e viram muitas ilhas. "
        "Quando voltaram para casa, contaram a todos o que tinham visto. Fim.",
    ],
}


def numbers(first: int, last: int) -> str:
    step = 1 if last >= first else -1
    return ", ".join(str(n) for n in range(first, last + step, step))


def count(chat: Chat) -> None:
    """Up from 1, up from somewhere, or down; sometimes asked to go on."""
    kind = chat.rng.random()
    last = chat.rng.choice((5, 10, 20, 30, 50, 100)) if chat.chance(0.4) else chat.rng.randint(3, 60 if chat.chance(0.85) else 120)
    if kind < 0.55:
        first, asked = 1, COUNT_TO
    elif kind < 0.85:
        first = chat.rng.randint(0, 110)
        last, asked = first + chat.rng.randint(3, 25), COUNT_FROM
    else:
        first, last, asked = chat.rng.randint(3, 30), 1, COUNT_DOWN
    text = chat.pick(asked).replace("{a}", str(first))
    chat.user(text.replace("{b}", str(first if last == 1 else last)))
    chat.say(numbers(first, last))
    if last != 1 and last < 100 and chat.chance(0.15):
        chat.user(chat.pick(CONTINUE))
        chat.say(numbers(last + 1, last + 10))


def lists(chat: Chat) -> None:
    """A whole list by heart, or the first few of one."""
    at = 0 if chat.ask == "en" else 1
    if chat.chance(0.6):
        what = chat.rng.choice(WHOLE)
        words, chosen = what[at], column(what[2], chat.answer)
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
