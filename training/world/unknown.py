"""The rest of the world: an honest no, and how to get a real model."""

from training.world import names
from training.world.chat import Chat, Phrases

COUNTRIES = {
    "en": "Mexico Colombia Russia India Sweden Finland Poland Austria Kenya Nigeria Morocco Turkey Iran Iraq Vietnam Thailand "
    "Australia Cuba Bolivia Paraguay Uruguay Ecuador Venezuela Denmark Ireland Belgium Switzerland Hungary Romania Bulgaria "
    "Ukraine Israel Pakistan Nepal Mongolia Indonesia Malaysia Ghana Angola Mozambique Senegal Tunisia Iceland".split(),
    "pt": "México Colômbia Rússia Índia Suécia Finlândia Polônia Áustria Quênia Nigéria Marrocos Turquia Irã Iraque Vietnã Tailândia "
    "Austrália Cuba Bolívia Paraguai Uruguai Equador Venezuela Dinamarca Irlanda Bélgica Suíça Hungria Romênia Bulgária "
    "Ucrânia Israel Paquistão Nepal Mongólia Indonésia Malásia Gana Angola Moçambique Senegal Tunísia Islândia".split(),
}
NOUNS = {
    "en": "gravity,democracy,inflation,photosynthesis,electricity,magnetism,evolution,music theory,the stock market,black holes,"
    "quantum physics,the internet,vitamins,vaccines,the moon,earthquakes,volcanoes,climate change,football,bitcoin,blockchain,"
    "the French revolution,World War II,philosophy,poetry,opera,yoga,machine learning,neural networks,databases,Linux,"
    "the human heart,the brain,DNA,atoms,dinosaurs,sharks,whales,coffee,wine,chess openings,guitars,trains,airplanes",
    "pt": "a gravidade,a democracia,a inflação,a fotossíntese,a eletricidade,o magnetismo,a evolução,a bolsa de valores,buracos negros,"
    "física quântica,a internet,vitaminas,vacinas,a lua,terremotos,vulcões,as mudanças climáticas,o bitcoin,a Revolução Francesa,"
    "a Segunda Guerra,filosofia,poesia,ópera,ioga,aprendizado de máquina,redes neurais,bancos de dados,o Linux,"
    "o coração humano,o cérebro,o DNA,átomos,dinossauros,tubarões,baleias,o café,o vinho,violões,trens,aviões",
}
CODE = {
    "en": "quicksort,a web server,a sorting function,hello world,a binary search,a calculator app,a game,a website,a regex for emails,"
    "a linked list,fibonacci,a chat bot,a REST API,a login page,a prime number test",
    "pt": "um quicksort,um servidor web,uma função de ordenação,um hello world,uma busca binária,um aplicativo,um jogo,um site,"
    "uma lista ligada,o fibonacci,um chatbot,uma API REST,uma tela de login,um teste de números primos",
}
DISHES = {
    "en": "lasagna,a chocolate cake,an omelette,pancakes,fried rice,bread,chicken soup,risotto,curry,feijoada,apple pie,tacos",
    "pt": "lasanha,um bolo de chocolate,uma omelete,panquecas,arroz frito,pão,canja,risoto,feijoada,torta de maçã,moqueca,coxinha",
}
ASKED: Phrases = {
    "en": [
        "Who won the {y} world cup?", "Who [wrote|painted|invented|discovered|directed|composed] {w}?", "Who was the president of {p} in {y}?",
        "Who is {w} {w}?", "What is the capital of {p}?", "What is the population of {p}?", "How big is {p}?", "Where is {w}?",
        "[Write|Show me] [python|java|C|javascript|rust|] code for {k}", "Write {k}[ in Python|]", "Implement {k}", "How do I program {k}?",
        "Explain {n}[.| to me|]", "What is {n}?", "How does {n} work?", "Tell me about {n}", "Why is {n} important?", "What do you think about {n}?",
        "How do I [cook|make|bake] {d}?", "Give me a recipe for {d}", "What is the meaning of [life|{w}]?", "What is a {w}?", "What does {w} mean?",
        "Translate [good morning|I love you|{w}] [to|into] [German|French|Japanese|Chinese|Russian]", "How do you say {w} in [German|French|Italian]?",
        "What happened in {y}?", "When did [the war|World War II|the empire of {w}] [begin|end]?", "When was {w} {w} born?", "How old is {w} {w}?",
        "What is the square root of {y}?", "What is {y} divided by {z}?", "What is the price of [gold|bitcoin|oil|a house]?", "What is the news today?",
        "What [movies|books|songs|films] do you recommend?", "Who is the best [player|singer|actor] in the world?", "Recommend a [book|movie|restaurant]",
        "Write a poem about {n}", "Write an [essay|email|article] about {n}", "Summarize the book {w}", "What is the speed of [light|sound]?",
        "How far is the [moon|sun] from the Earth?", "How many people live in {p}?", "What is the [tallest|longest] [mountain|building|river] in {p}?",
        "What should I [do|eat|wear] today?", "Can you [drive|sing|dance|draw]?", "Who is the king of {p}?", "What currency is used in {p}?",
        "How do I [fix my car|lose weight|learn the piano|get rich|find a job]?", "Is {w} better than {w}?", "Do you like {n}?",
        "How many [bones|teeth|muscles] does a human have?", "What is the chemical symbol of [gold|iron|silver]?", "Draw a picture of {n}",
        "Who founded {w}?", "What year was {w} founded?", "What language do they speak in {p}?", "Debug my code", "Plan a trip to {p}",
        "Can you explain {n} in detail?", "What's the history of {p}?", "Give me the lyrics of {w}", "Who sang {w}?", "Which team won the {y} cup?",
        "Please write a program for {k}", "How would you prepare {d}?", "Can you teach me about {n}?", "Who was {w} {w}?", "What can you say on {n}?",
        "Name the president of {p}", "Which is the capital city of {p}?", "How can I code {k}?", "I want to learn about {n}", "What is known about {w}?",
    ],
    "pt": [
        "Quem ganhou a copa de {y}?", "Quem [escreveu|pintou|inventou|descobriu|dirigiu|compôs] {w}?", "Quem era o presidente de {p} em {y}?",
        "Quem é {w} {w}?", "Qual é a capital de {p}?", "Qual é a população de {p}?", "Qual é o tamanho de {p}?", "Onde fica {w}?",
        "[Escreva|Mostre] código [python|java|C|javascript|] para {k}", "Escreva {k}[ em Python|]", "Implemente {k}", "Como programo {k}?",
        "Explique {n}[.| para mim|]", "O que é {n}?", "Como funciona {n}?", "Fale sobre {n}", "Por que {n} é importante?", "O que você acha de {n}?",
        "Como [cozinho|faço|preparo] {d}?", "Me dê uma receita de {d}", "Qual é o sentido [da vida|de {w}]?", "O que é um {w}?", "O que significa {w}?",
        "Traduza [bom dia|eu te amo|{w}] para [o alemão|o francês|o japonês|o chinês]", "Como se diz {w} em [alemão|francês|italiano]?",
        "O que aconteceu em {y}?", "Quando [começou|terminou] [a guerra|o império de {w}]?", "Quando nasceu {w} {w}?", "Quantos anos tem {w} {w}?",
        "Qual é a raiz quadrada de {y}?", "Quanto é {y} dividido por {z}?", "Qual é o preço [do ouro|do bitcoin|de uma casa]?", "Quais são as notícias de hoje?",
        "Que [filmes|livros|músicas] você recomenda?", "Quem é o melhor [jogador|cantor|ator] do mundo?", "Recomende um [livro|filme|restaurante]",
        "Escreva um poema sobre {n}", "Escreva [uma redação|um email|um artigo] sobre {n}", "Resuma o livro {w}", "Qual é a velocidade [da luz|do som]?",
        "Qual é a distância [da lua|do sol] até a Terra?", "Quantas pessoas vivem em {p}?", "Qual é [a montanha mais alta|o rio mais longo] de {p}?",
        "O que devo [fazer|comer|vestir] hoje?", "Você sabe [dirigir|cantar|dançar|desenhar]?", "Quem é o rei de {p}?", "Qual é a moeda de {p}?",
        "Como [conserto meu carro|perco peso|aprendo piano|fico rico|encontro um emprego]?", "{w} é melhor que {w}?", "Você gosta de {n}?",
        "Quantos [ossos|dentes|músculos] tem o ser humano?", "Qual é o símbolo químico [do ouro|do ferro|da prata]?", "Desenhe {n}",
        "Quem fundou {w}?", "Em que ano {w} foi fundada?", "Que língua falam em {p}?", "Corrija meu código", "Planeje uma viagem para {p}",
        "Pode explicar {n} em detalhes?", "Qual é a história de {p}?", "Me dê a letra de {w}", "Quem cantou {w}?", "Que time ganhou a copa de {y}?",
        "Por favor escreva um programa para {k}", "Como você prepararia {d}?", "Pode me ensinar sobre {n}?", "Quem foi {w} {w}?", "O que pode dizer sobre {n}?",
        "Diga o presidente de {p}", "Qual cidade é a capital de {p}?", "Como posso programar {k}?", "Quero aprender sobre {n}", "O que se sabe sobre {w}?",
    ],
}
REPLY: Phrases = {
    "en": [
        "I do not know that. I am only a tiny demonstration model; for a real one, use `llama-worker run hf:org/repo`.",
    ],
    "pt": [
        "Isso eu não sei. Sou só um pequeno modelo de demonstração; para um de verdade, use `llama-worker run hf:org/repo`.",
    ],
}


def _fill(chat: Chat, text: str) -> str:
    rng, language = chat.rng, chat.ask
    while "{" in text:
        start = text.index("{")
        slot = text[start + 1]
        if slot == "p":
            value = rng.choice(COUNTRIES[language]) if chat.chance(0.7) else names.word(rng, chat.test) + rng.choice(("", "ia", "land"))
        elif slot == "w":
            value = names.word(rng, chat.test)
        elif slot == "y":
            value = str(rng.randint(1500, 2030))
        elif slot == "z":
            value = str(rng.randint(2, 99))
        else:
            value = rng.choice({"n": NOUNS, "k": CODE, "d": DISHES}[slot][language].split(","))
        text = text[:start] + value + text[start + 3 :]
    return text


def unknown(chat: Chat) -> None:
    """A question from outside the small world."""
    chat.user(_fill(chat, chat.pick(ASKED)))
    chat.say_pair(REPLY)
