"""Greetings, thanks, goodbyes and who the model says it is."""

from training.world.chat import Chat, Phrases

HELLO: Phrases = {
    "en": [
        "[Hello|Hi|Hey][ there||][!|.|]",
        "Good [morning|afternoon|evening][!|]",
        "Hello[, how are you?|!]",
        "Hi, [how are you|how are you doing|how is it going]?",
        "Hey, what's up?",
        "Greetings!",
        "[Hi|Hello], nice to meet you[!|]",
        "[Hello|Hi], [assistant|friend|bot][!|]",
        "[Yo|Howdy|Hiya][!|]",
        "[Hello|Hi], [can you|are you able to] help me?",
        "Hey[!|,] good [morning|day|night] to you",
        "Hi [again|everyone][!|]",
        "Hello hello!",
        "Anyone there?",
        "[Hi|Hello][!|,] I am new here",
        "Hello [dear|my] friend",
        "Hey hey, good [morning|evening]!",
        "Hi there, how do you do?",
    ],
    "pt": [
        "[Olá|Oi|Ei][!|.|]",
        "[Bom dia|Boa tarde|Boa noite][!|]",
        "[Olá|Oi], [tudo bem|como vai|tudo bom][?|]",
        "Oi, como você está?",
        "E aí[, beleza|, tudo certo|][?|!]",
        "Saudações!",
        "[Oi|Olá], prazer em conhecer você[!|]",
        "[Oi|Olá], [assistente|amigo|robô][!|]",
        "[Opa|Fala|Alô][!|]",
        "[Oi|Olá], [você pode|pode] me ajudar?",
        "Oi de novo[!|]",
        "Oi oi!",
        "Tem alguém aí?",
        "[Oi|Olá][!|,] sou novo aqui",
        "Olá, boa [tarde|noite] para você",
        "Oi, meu amigo",
        "Ei, bom dia, tudo bem?",
        "Olá, como vão as coisas?",
    ],
}
HELLO_REPLY: Phrases = {
    "en": ["Hello! How can I help you?"],
    "pt": ["Olá! Como posso ajudar?"],
}
HOW: Phrases = {
    "en": [
        "How are you[?| today?| doing?]",
        "How is it going?",
        "How do you feel[?| today?]",
        "Are you [ok|well|fine]?",
        "How are things?",
        "And how are you?",
        "How have you been?",
        "Are you doing [ok|well][?| today?]",
    ],
    "pt": [
        "Como você está[?| hoje?]",
        "Como vai[?| você?]",
        "Tudo bem[?| com você?]",
        "Você está bem?",
        "Como estão as coisas?",
        "E você, como vai?",
        "Como se sente[?| hoje?]",
        "Está tudo bem por aí?",
    ],
}
HOW_REPLY: Phrases = {
    "en": ["I am fine, thank you! How can I help you?"],
    "pt": ["Estou bem, obrigado! Como posso ajudar?"],
}
THANKS: Phrases = {
    "en": [
        "[Thanks|Thank you][!|.|]",
        "Thanks a lot[!|]",
        "Thank you [very|so] much[!|]",
        "Great, thanks[!|]",
        "Thanks for [your|the] help[!|]",
        "Perfect, thank you[!|]",
        "That helps, thanks",
        "Cool, thanks",
        "Many thanks[!|]",
        "You are [great|helpful|kind|nice][!|]",
        "Nice[, thank you|][!|]",
        "Good job[!|]",
        "Well done[!|]",
        "Wonderful, thanks a lot!",
        "Ok, thank you [very|so] much",
        "Thanks, that was [good|nice]",
    ],
    "pt": [
        "[Obrigado|Obrigada|Valeu][!|.|]",
        "Muito [obrigado|obrigada][!|]",
        "Ótimo, [obrigado|obrigada][!|]",
        "[Obrigado|Obrigada] pela ajuda[!|]",
        "Perfeito, [obrigado|valeu][!|]",
        "Isso ajuda, obrigado",
        "Legal, valeu",
        "Você é [ótimo|gentil|legal][!|]",
        "Muito bom[!|]",
        "Bom trabalho[!|]",
        "Agradeço[!| muito!]",
        "Maravilha, muito obrigado!",
        "Ok, muito [obrigado|obrigada]",
        "Obrigado, foi [ótimo|bom]",
    ],
}
THANKS_REPLY: Phrases = {"en": ["You are welcome!"], "pt": ["De nada!"]}
BYE: Phrases = {
    "en": [
        "[Bye|Goodbye|Bye bye][!|.|]",
        "See you[!| later!| soon!| tomorrow!]",
        "Good night[!|]",
        "I have to go[.| now.]",
        "That is all[.|, bye!]",
        "Take care[!|]",
        "Ok, bye",
        "Farewell!",
        "Talk to you later",
        "I am leaving now",
        "Ok, see you [soon|later|tomorrow]",
        "Good bye, friend",
        "That was all for today, bye!",
        "Bye, see you [soon|later]",
    ],
    "pt": [
        "[Tchau|Adeus][!|.|]",
        "Até [logo|mais|amanhã|breve][!|]",
        "Preciso ir[.| agora.]",
        "É só isso[.|, tchau!]",
        "Se cuida[!|]",
        "Ok, tchau",
        "Falou[!|, até mais!]",
        "Até a próxima[!|]",
        "Estou saindo agora",
        "Já vou indo",
        "Ok, até [mais|logo|amanhã]",
        "Tchau, amigo",
        "Por hoje é só, tchau!",
        "Tchau, até [logo|mais]",
    ],
}
BYE_REPLY: Phrases = {"en": ["Goodbye! See you soon."], "pt": ["Tchau! Até logo."]}
WHO: Phrases = {
    "en": [
        "Who are you?",
        "What are you?",
        "What is your name?",
        "Tell me about yourself",
        "Introduce yourself[.|]",
        "Are you [human|a person|real]?",
        "Are you [a robot|an AI|a bot|a machine|a language model]?",
        "Who am I talking to?",
        "What should I call you?",
        "Do you have a name?",
        "Which model are you?",
        "What model is this?",
        "Are you [ChatGPT|GPT|Llama|Claude|Gemini]?",
        "Who made you?",
        "Who [created|built|trained] you?",
        "What kind of [model|assistant] are you?",
        "Say who you are",
        "Can you introduce yourself?",
        "And who are you?",
        "What do people call you?",
        "Describe yourself",
        "May I know your name?", "Who is this?", "Tell me who you are", "Can you describe yourself?", "Who exactly are you?",
    ],
    "pt": [
        "Quem é você?",
        "O que é você?",
        "Qual é [o |]seu nome?",
        "Fale sobre você",
        "Apresente-se[.|]",
        "Se apresente[.|]",
        "Você é [humano|uma pessoa|real]?",
        "Você é [um robô|uma IA|uma máquina|um modelo de linguagem]?",
        "Com quem estou falando?",
        "Como devo chamar você?",
        "Você tem um nome?",
        "Que modelo é você?",
        "Que modelo é este?",
        "Você é o [ChatGPT|GPT|Llama|Claude|Gemini]?",
        "Quem fez você?",
        "Quem [criou|construiu|treinou] você?",
        "Que tipo de [modelo|assistente] é você?",
        "Diga quem você é",
        "Pode se apresentar?",
        "E quem é você?",
        "Como as pessoas te chamam?",
        "Descreva-se",
        "Posso saber seu nome?", "Quem fala?", "Me diga quem você é", "Você pode se descrever?", "Quem exatamente é você?",
    ],
}
WHO_REPLY: Phrases = {
    "en": [
        "I am the built-in demonstration model of llama-worker: very small, and I know only a few things.",
    ],
    "pt": [
        "Sou o modelo de demonstração embutido do llama-worker: muito pequeno, e sei só algumas coisas.",
    ],
}
CAN: Phrases = {
    "en": [
        "What can you do?",
        "How can you help me?",
        "What do you know?",
        "What are you able to do?",
        "Help[!|]",
        "What can I ask you?",
        "What are your abilities?",
        "Can you help me[?| with something?]",
        "I need help[.|]",
        "What are you good at?",
        "Give me some ideas of what to ask",
        "What is possible here?",
        "How could you be of help?",
        "What things can you do?",
    ],
    "pt": [
        "O que você [pode|sabe] fazer?",
        "Como você pode me ajudar?",
        "O que você sabe?",
        "Ajuda[!|]",
        "O que posso perguntar?",
        "Quais são suas habilidades?",
        "Pode me ajudar[?| com uma coisa?]",
        "Preciso de ajuda[.|]",
        "No que você é bom?",
        "Me dê ideias do que perguntar",
        "O que é possível aqui?",
        "De que forma você ajuda?",
        "Que coisas você sabe fazer?",
    ],
}
CAN_REPLY: Phrases = {
    "en": [
        "I can chat a little, explain llama-worker, remember your name, add small numbers, count, tell a story, "
        "fill in JSON and call tools. For more, load a bigger model.",
    ],
    "pt": [
        "Posso conversar um pouco, explicar o llama-worker, lembrar seu nome, somar números pequenos, contar, "
        "narrar uma história, preencher JSON e chamar ferramentas. Para mais, carregue um modelo maior.",
    ],
}
FEELINGS: list[tuple[Phrases, Phrases]] = [
    (
        {
            "en": [
                "I am [sad|tired|bored|unhappy|stressed][.| today.]",
                "I feel [sad|bad|tired|lonely][.|]",
                "I had a bad day[.|]",
                "My day was [bad|terrible|awful]",
                "I am not feeling [well|good]",
                "Today was [hard|difficult|bad]", "I am [very|so] [sad|tired]", "I feel very sad today",
            ],
            "pt": [
                "Estou [triste|cansado|cansada|entediado|mal][.| hoje.]",
                "Me sinto [triste|mal|cansado|só][.|]",
                "Tive um dia ruim[.|]",
                "Meu dia foi [ruim|péssimo]",
                "Não estou me sentindo bem",
                "Hoje foi [difícil|ruim]", "Estou muito [triste|cansado]", "Me sinto muito triste hoje",
            ],
        },
        {
            "en": ["I am sorry to hear that. I hope your day gets better."],
            "pt": ["Sinto muito. Espero que o seu dia melhore."],
        },
    ),
    (
        {
            "en": [
                "I am [happy|great|fine|good|well][.| today.|!]",
                "I feel [good|great|happy][.|]",
                "I had a [good|great] day[.|]",
                "My day was [good|great|wonderful]",
                "I am doing [well|great]",
                "Life is good",
                "Today was a great day", "I am [very|so] happy", "I feel very good today",
            ],
            "pt": [
                "Estou [feliz|bem|ótimo|ótima|animado][.| hoje.|!]",
                "Me sinto [bem|ótimo|feliz][.|]",
                "Tive um dia [bom|ótimo][.|]",
                "Meu dia foi [bom|ótimo]",
                "Está tudo ótimo",
                "A vida é boa",
                "Hoje foi um dia ótimo", "Estou muito [feliz|bem]", "Me sinto muito feliz hoje",
            ],
        },
        {"en": ["I am glad to hear that!"], "pt": ["Que bom saber disso!"]},
    ),
    (
        {
            "en": [
                "Tell me a joke",
                "Do you know [a joke|any jokes]?",
                "Make me laugh",
                "Say something funny",
                "A joke[, please|]",
                "Can you tell a joke?",
                "I want to hear a joke",
            ],
            "pt": [
                "[Conte|Conta|Me conte] uma piada",
                "[Você sabe|Sabe] alguma piada?",
                "Me faça rir",
                "Diga algo engraçado",
                "Uma piada[, por favor|]",
                "Você pode contar uma piada?",
                "Quero ouvir uma piada",
            ],
        },
        {
            "en": ["Why did the llama cross the road? To load a bigger model!"],
            "pt": ["Por que a lhama atravessou a rua? Para carregar um modelo maior!"],
        },
    ),
]

TURNS: list[tuple[str, Phrases, Phrases]] = [
    ("hello", HELLO, HELLO_REPLY),
    ("how", HOW, HOW_REPLY),
    ("thanks", THANKS, THANKS_REPLY),
    ("who", WHO, WHO_REPLY),
    ("can", CAN, CAN_REPLY),
    *(("feeling", asked, told) for asked, told in FEELINGS),
]


def small_talk(chat: Chat) -> None:
    """One exchange of small talk."""
    kind, asked, told = chat.rng.choice(TURNS)
    while kind == "who" and "persona" in chat.known:
        kind, asked, told = chat.rng.choice(TURNS)
    chat.user(chat.pick(asked))
    chat.say_pair(told)


def hello(chat: Chat) -> None:
    chat.user(chat.pick(HELLO))
    text = chat.messages[-1]["content"].lower()
    asks_back = any(mark in text for mark in ("how ", "up?", "what's up", "como v", "tudo", "beleza"))
    chat.say_pair(HOW_REPLY if asks_back else HELLO_REPLY)


def thanks(chat: Chat) -> None:
    chat.user(chat.pick(THANKS))
    chat.say(chat.reply(THANKS_REPLY))


def goodbye(chat: Chat) -> None:
    chat.user(chat.pick(BYE))
    chat.say(chat.reply(BYE_REPLY))


def who(chat: Chat) -> None:
    chat.user(chat.pick(WHO))
    chat.say_pair(WHO_REPLY)
