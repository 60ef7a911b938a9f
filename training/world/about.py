"""What llama-worker is and how to use it."""

from training.world.chat import Chat, Phrases

TOPICS: dict[str, tuple[Phrases, Phrases]] = {}


def topic(name: str, asked: Phrases, en: str, pt: str) -> None:
    TOPICS[name] = (asked, {"en": [en], "pt": [pt]})


topic(
    "what",
    {
        "en": [
            "What is llama-worker?",
            "What's llama-worker?",
            "Tell me about llama-worker",
            "Explain llama-worker[.| to me]",
            "What does llama-worker do?",
            "llama-worker?",
            "What is llama worker?",
            "Why [should I|would I] use llama-worker?",
            "What is llama-worker [for|good for]?",
            "Describe llama-worker",
            "Can you explain what llama-worker is?",
            "What is this [program|library|project|package]?",
            "Give me a summary of llama-worker",
            "I want to know about llama-worker",
        ],
        "pt": [
            "O que é [o |]llama-worker?",
            "Fale sobre o llama-worker",
            "Explique o llama-worker[.| para mim]",
            "O que o llama-worker faz?",
            "llama-worker?",
            "Por que usar o llama-worker?",
            "Para que serve o llama-worker?",
            "Descreva o llama-worker",
            "Você pode explicar o que é o llama-worker?",
            "O que é este [programa|projeto|pacote]?",
            "Me conte sobre o llama-worker",
            "Faça um resumo do llama-worker",
            "Quero saber sobre o llama-worker",
        ],
    },
    "llama-worker gives your program a local language model. The model runs in its own supervised process, so a crash "
    "never takes your program with it.",
    "O llama-worker dá ao seu programa um modelo de linguagem local. O modelo roda em um processo próprio e "
    "supervisionado, então uma falha nunca derruba o seu programa.",
)

topic(
    "install",
    {
        "en": [
            "How do I install llama-worker?",
            "How to install [llama-worker|it]?",
            "Install llama-worker",
            "How can I install [it|llama-worker]?",
            "What is the install command?",
            "Which command installs llama-worker?",
            "How do I get llama-worker?",
            "How do I set up llama-worker?",
            "Where do I get llama-worker?",
            "Show me how to install llama-worker",
        ],
        "pt": [
            "Como instalo o llama-worker?",
            "Como instalar [o llama-worker|]?",
            "Instalar o llama-worker",
            "Como posso instalar o llama-worker?",
            "Qual é o comando para instalar?",
            "Que comando instala o llama-worker?",
            "Como consigo o llama-worker?",
            "Onde consigo o llama-worker?",
            "Mostre como instalar o llama-worker",
        ],
    },
    "Install it with `pip install llama-worker`.",
    "Instale com `pip install llama-worker`.",
)

topic(
    "load",
    {
        "en": [
            "How do I load a model?",
            "How to load a model[?| in Python?]",
            "Load a model",
            "How can I load [a|my] model?",
            "Show me how to load a model",
            "What is load_model?",
            "How does load_model work?",
            "Which function loads a model?",
            "How do I open a [model|GGUF file]?",
            "How do I use my own [model|GGUF file]?",
            "In Python, how do I load models?",
            "What do I call to load a model?",
        ],
        "pt": [
            "Como carrego um modelo?",
            "Como carregar um modelo[?| em Python?]",
            "Carregar um modelo",
            "Como posso carregar [um|meu] modelo?",
            "Mostre como carregar um modelo",
            "O que é load_model?",
            "Como funciona o load_model?",
            "Que função carrega um modelo?",
            "Como abro um [modelo|arquivo GGUF]?",
            "Como uso meu próprio [modelo|arquivo GGUF]?",
            "Em Python, como carrego modelos?",
            "O que eu chamo para carregar um modelo?",
        ],
    },
    'Call `model = await worker.load_model("builtin")`. The name can also be a path or `hf:org/repo`.',
    'Chame `model = await worker.load_model("builtin")`. O nome também pode ser um caminho ou `hf:org/repo`.',
)

topic(
    "pull",
    {
        "en": [
            "How do I download a model?",
            "How to download [a model|models]?",
            "How do I pull a model?",
            "What does [pull|llama-worker pull] do?",
            "How can I get [a|another|a new] model?",
            "Where do I get models?",
            "Download a model",
            "Which command downloads a model?",
            "How do I use a model from Hugging Face?",
            "How can I fetch a model?",
            "What is the pull command?",
            "Show me how to download a model",
        ],
        "pt": [
            "Como baixo um modelo?",
            "Como baixar [um modelo|modelos]?",
            "Como faço pull de um modelo?",
            "O que [pull|llama-worker pull] faz?",
            "Como consigo [um|outro] modelo?",
            "Onde consigo modelos?",
            "Baixar um modelo",
            "Que comando baixa um modelo?",
            "Como uso um modelo do Hugging Face?",
            "Como faço o download de um modelo?",
            "O que é o comando pull?",
            "Mostre como baixar um modelo",
        ],
    },
    "Download a model with `llama-worker pull hf:org/repo`. It is kept in the Hugging Face cache.",
    "Baixe um modelo com `llama-worker pull hf:org/repo`. Ele fica no cache do Hugging Face.",
)

topic(
    "bigger",
    {
        "en": [
            "How do I get a [real|better|bigger|good|smarter] model?",
            "I want a [better|bigger|real|smarter] model",
            "Is there a [better|bigger] model?",
            "Can I use a [better|bigger|larger] model?",
            "How can I make you smarter?",
            "You are [not very smart|too small|stupid|wrong]",
            "Why are you so [small|limited|bad]?",
            "Can you be smarter?",
            "Where can I find a [better|bigger|smarter] one?",
            "How do I switch to a [better|bigger] model?",
        ],
        "pt": [
            "Como consigo um modelo [de verdade|melhor|maior|bom]?",
            "Quero um modelo [melhor|maior|de verdade]",
            "Existe um modelo [melhor|maior]?",
            "Posso usar um modelo [melhor|maior]?",
            "Como deixo você mais inteligente?",
            "Você [não é muito inteligente|é pequeno demais|é burro|errou]",
            "Por que você é tão [pequeno|limitado|ruim]?",
            "Onde encontro um modelo [melhor|maior]?",
            "Como troco para um modelo [melhor|maior]?",
        ],
    },
    "I am only a tiny demonstration model. Run a bigger one with `llama-worker run hf:org/repo`.",
    "Sou apenas um pequeno modelo de demonstração. Rode um maior com `llama-worker run hf:org/repo`.",
)

topic(
    "serve",
    {
        "en": [
            "How do I start a server?",
            "How do I start the server?",
            "What does [serve|llama-worker serve] do?",
            "Is there an [API|HTTP API|OpenAI API]?",
            "How do I use it with the OpenAI client?",
            "Can I use it over HTTP?",
            "Is it compatible with OpenAI?",
            "How do I serve a model?",
            "What is the serve command?",
            "Which command starts the server?",
            "Does it have an API server?",
            "How can I run it as a server?",
        ],
        "pt": [
            "Como inicio um servidor?",
            "Como inicio o servidor?",
            "O que [serve|llama-worker serve] faz?",
            "Existe uma API[?| HTTP?]",
            "Como uso com o cliente da OpenAI?",
            "Posso usar por HTTP?",
            "É compatível com a OpenAI?",
            "Como sirvo um modelo?",
            "O que é o comando serve?",
            "Que comando inicia o servidor?",
            "Ele tem um servidor de API?",
            "Como rodo como servidor?",
        ],
    },
    "Start a server with `llama-worker serve --model builtin`. It speaks the OpenAI API.",
    "Inicie um servidor com `llama-worker serve --model builtin`. Ele fala a API da OpenAI.",
)

topic(
    "abort",
    {
        "en": [
            "How do I stop [you|a generation|an answer|the model]?",
            "How do I abort[?| a generation?| an operation?]",
            "How to cancel a generation?",
            "How can I interrupt [you|the model]?",
            "What does abort do?",
            "Can I stop an answer?",
            "How do I cancel[?| a prompt?]",
            "Is there a stop button?",
            "What happens when I abort?",
            "How does one stop a running answer?",
            "Show me how to abort",
        ],
        "pt": [
            "Como paro [você|uma geração|uma resposta|o modelo]?",
            "Como aborto[?| uma geração?| uma operação?]",
            "Como cancelar uma geração?",
            "Como posso interromper [você|o modelo]?",
            "O que abort faz?",
            "Posso parar uma resposta?",
            "Como cancelo[?| um prompt?]",
            "Existe um botão de parar?",
            "O que acontece quando aborto?",
            "Como se para uma resposta em andamento?",
            "Mostre como abortar",
        ],
    },
    "Call `op.abort()`, or press Ctrl-C in the terminal. The text so far is kept.",
    "Chame `op.abort()`, ou aperte Ctrl-C no terminal. O texto gerado até ali é mantido.",
)

topic(
    "pause",
    {
        "en": [
            "How do I pause[?| a generation?| you?]",
            "Can I pause [you|a generation|an answer]?",
            "How do I resume[?| a generation?]",
            "What does pause do?",
            "Is it possible to pause?",
            "How can I continue a paused answer?",
            "Can an answer be paused?",
            "How do pause and resume work?",
        ],
        "pt": [
            "Como pauso[?| uma geração?| você?]",
            "Posso pausar [você|uma geração|uma resposta]?",
            "Como retomo[?| uma geração?]",
            "O que pause faz?",
            "É possível pausar?",
            "Como continuo uma resposta pausada?",
            "Uma resposta pode ser pausada?",
            "Como funcionam pause e resume?",
        ],
    },
    "Call `op.pause()` to pause a generation and `op.resume()` to continue it.",
    "Chame `op.pause()` para pausar uma geração e `op.resume()` para continuar.",
)

topic(
    "session",
    {
        "en": [
            "What is a session?",
            "How do sessions work?",
            "How do I create a session?",
            "What are sessions for?",
            "Explain sessions",
            "How do I start a chat session?",
            "How do I chat with a model?",
            "How do I keep a conversation?",
            "Create a session",
            "How do I send a prompt?",
            "Does it keep the history?",
            "What is create_session?",
            "How can I open a new session?",
            "Tell me about sessions",
        ],
        "pt": [
            "O que é uma sessão?",
            "Como funcionam as sessões?",
            "Como crio uma sessão?",
            "Para que servem as sessões?",
            "Explique as sessões",
            "Como começo uma sessão de chat?",
            "Como converso com um modelo?",
            "Como mantenho uma conversa?",
            "Criar uma sessão",
            "Como envio um prompt?",
            "Ele guarda o histórico?",
            "O que é create_session?",
            "Como abro uma nova sessão?",
            "Fale sobre as sessões",
        ],
    },
    "A session keeps the history of a conversation. Create one with `session = await model.create_session()` and ask "
    'with `session.prompt("Hello!")`.',
    "Uma sessão guarda o histórico da conversa. Crie uma com `session = await model.create_session()` e pergunte "
    'com `session.prompt("Olá!")`.',
)

topic(
    "stream",
    {
        "en": [
            "How do I stream[?| the text?| an answer?| tokens?]",
            "Can it stream?",
            "Does it support streaming?",
            "How does streaming work?",
            "How do I read the text as it comes?",
            "Is streaming possible?",
            "Show me how to stream",
            "How can I get tokens one by one?",
        ],
        "pt": [
            "Como faço streaming[?| do texto?| de uma resposta?]",
            "Ele faz streaming?",
            "Tem suporte a streaming?",
            "Como funciona o streaming?",
            "Como leio o texto enquanto ele chega?",
            "Streaming é possível?",
            "Mostre como fazer streaming",
            "Como recebo os tokens um a um?",
        ],
    },
    'Use `async for text in session.prompt("Hello!")`. Each piece of text arrives as soon as it is generated.',
    'Use `async for text in session.prompt("Olá!")`. Cada pedaço de texto chega assim que é gerado.',
)

topic(
    "unload",
    {
        "en": [
            "How do I unload a model?",
            "How do I free [the |]memory?",
            "How to unload [a model|the model]?",
            "What does unload do?",
            "How can I close a model?",
            "Does unloading free the memory?",
            "Unload the model",
            "How do I remove a model from memory?",
            "Which call unloads the model?",
        ],
        "pt": [
            "Como descarrego um modelo?",
            "Como libero [a |]memória?",
            "Como descarregar [um|o] modelo?",
            "O que unload faz?",
            "Como fecho um modelo?",
            "Descarregar libera a memória?",
            "Descarregue o modelo",
            "Como tiro um modelo da memória?",
            "Que chamada descarrega o modelo?",
        ],
    },
    "Call `await model.unload()`. The process of the model ends, so all its memory comes back.",
    "Chame `await model.unload()`. O processo do modelo termina, e toda a memória volta.",
)

topic(
    "crash",
    {
        "en": [
            "What happens if the model crashes?",
            "What if the engine crashes?",
            "Can a model crash my [app|program]?",
            "Is it safe[?| if it crashes?]",
            "What happens when the engine dies?",
            "Does a crash kill my [app|program]?",
            "What if llama.cpp crashes?",
            "Is llama-worker [stable|reliable|robust]?",
            "What happens on a crash?",
            "What does it do when the engine fails?",
        ],
        "pt": [
            "O que acontece se o modelo falhar?",
            "E se o motor falhar?",
            "Um modelo pode derrubar meu programa?",
            "É seguro[?| se falhar?]",
            "O que acontece quando o motor morre?",
            "Uma falha derruba meu programa?",
            "E se o llama.cpp falhar?",
            "O llama-worker é [estável|confiável|robusto]?",
            "O que acontece em uma falha?",
            "O que ele faz quando o motor quebra?",
        ],
    },
    "The engine is a separate llama.cpp process. If it crashes, your program goes on and the engine is started again.",
    "O motor é um processo separado do llama.cpp. Se ele falhar, o seu programa continua e o motor é iniciado de novo.",
)

topic(
    "where",
    {
        "en": [
            "Where are the models [stored|kept|saved]?",
            "Where do models live?",
            "Where is the cache?",
            "In which folder are the models?",
            "Where does it save the models?",
            "Where are my files?",
            "Which cache is used for models?",
            "Where can I find downloaded models?",
        ],
        "pt": [
            "Onde ficam os modelos?",
            "Onde os modelos são [guardados|salvos]?",
            "Onde fica o cache?",
            "Em que pasta estão os modelos?",
            "Onde ele salva os modelos?",
            "Onde estão meus arquivos?",
            "Que cache é usado para os modelos?",
            "Onde encontro os modelos baixados?",
        ],
    },
    "Models live in the Hugging Face cache, so other programs can share them.",
    "Os modelos ficam no cache do Hugging Face, e outros programas podem usá-los também.",
)

topic(
    "gguf",
    {
        "en": [
            "What is [a |]GGUF[?| file?]",
            "What does GGUF mean?",
            "Which [file format|format] does it use?",
            "Explain GGUF",
            "What kind of [files|models] does it load?",
            "Which models [can I use|are supported]?",
            "Which model files work?",
            "What format are the models in?",
        ],
        "pt": [
            "O que é [um |]GGUF[?| arquivo?]",
            "O que significa GGUF?",
            "Que formato [de arquivo |]ele usa?",
            "Explique o GGUF",
            "Que tipo de [arquivos|modelos] ele carrega?",
            "Que modelos [posso usar|são suportados]?",
            "Que arquivos de modelo funcionam?",
            "Em que formato estão os modelos?",
        ],
    },
    "GGUF is the model file format of llama.cpp. llama-worker loads any GGUF file.",
    "GGUF é o formato de arquivo de modelos do llama.cpp. O llama-worker carrega qualquer arquivo GGUF.",
)

topic(
    "license",
    {
        "en": [
            "What is the license[?| of llama-worker?]",
            "Which license does it have?",
            "Is it free[?| to use?]",
            "Is it open source?",
            "Can I use it in a company?",
            "Under which license is llama-worker?",
            "How much does it cost?",
            "Is llama-worker free?",
            "What license is it under?",
        ],
        "pt": [
            "Qual é a licença[?| do llama-worker?]",
            "Que licença ele tem?",
            "É grátis?",
            "É de código aberto?",
            "É gratuito?",
            "Posso usar em uma empresa?",
            "Sob qual licença está o llama-worker?",
            "Quanto custa?",
            "O llama-worker é grátis?",
            "Sob que licença ele está?",
        ],
    },
    "llama-worker is free and open source, under the MIT license.",
    "O llama-worker é livre e de código aberto, sob a licença MIT.",
)

topic(
    "commands",
    {
        "en": [
            "Which commands are there?",
            "What commands does llama-worker have?",
            "List the commands",
            "How do I use the command line?",
            "What can the command line do?",
            "Is there a command line?",
            "Show me the commands",
            "Which commands can I use?",
            "What are the CLI commands?",
            "Tell me the available commands",
        ],
        "pt": [
            "Quais comandos existem?",
            "Que comandos o llama-worker tem?",
            "Liste os comandos",
            "Como uso a linha de comando?",
            "O que a linha de comando faz?",
            "Existe uma linha de comando?",
            "Mostre os comandos",
            "Que comandos posso usar?",
            "Quais são os comandos da CLI?",
            "Diga os comandos disponíveis",
        ],
    },
    "The commands are run, serve, stdio, pull, list, show, rm, ps, estimate, doctor and bench.",
    "Os comandos são run, serve, stdio, pull, list, show, rm, ps, estimate, doctor e bench.",
)

topic(
    "run",
    {
        "en": [
            "How do I run a model?",
            "How do I chat in the terminal?",
            "What does [run|llama-worker run] do?",
            "How to use the run command?",
            "How do I run a prompt from the terminal?",
            "Can I chat in the terminal?",
            "What is the run command?",
            "Which command runs a model?",
        ],
        "pt": [
            "Como rodo um modelo?",
            "Como converso no terminal?",
            "O que [run|llama-worker run] faz?",
            "Como usar o comando run?",
            "Como rodo um prompt no terminal?",
            "Posso conversar no terminal?",
            "O que é o comando run?",
            "Que comando roda um modelo?",
        ],
    },
    "`llama-worker run builtin` opens a chat in the terminal. With a prompt behind it, it answers once.",
    "`llama-worker run builtin` abre um chat no terminal. Com um prompt depois, ele responde uma vez.",
)

topic(
    "doctor",
    {
        "en": [
            "What does [doctor|llama-worker doctor] do?",
            "How do I check my installation?",
            "Something does not work, what can I do?",
            "How do I find problems?",
            "What is the doctor command?",
            "It does not work",
            "How can I test my installation?",
        ],
        "pt": [
            "O que [doctor|llama-worker doctor] faz?",
            "Como verifico minha instalação?",
            "Algo não funciona, o que faço?",
            "Como encontro problemas?",
            "O que é o comando doctor?",
            "Não funciona",
            "Como testo minha instalação?",
        ],
    },
    "`llama-worker doctor` checks your installation and says what is wrong.",
    "`llama-worker doctor` verifica a sua instalação e diz o que está errado.",
)

topic(
    "local",
    {
        "en": [
            "Does it need the internet?",
            "Is it local?",
            "Does it run offline?",
            "Is my data [private|safe]?",
            "Do you send my data anywhere?",
            "Can I use it without internet?",
            "Does it need a GPU?",
            "Does llama-worker work offline?",
            "Is everything on my computer?", "Does it work without a GPU?", "Can it run without internet?",
        ],
        "pt": [
            "Precisa de internet?",
            "É local?",
            "Funciona offline?",
            "Meus dados são [privados|seguros]?",
            "Você envia meus dados para algum lugar?",
            "Posso usar sem internet?",
            "Precisa de GPU?",
            "O llama-worker funciona offline?",
            "Fica tudo no meu computador?", "Funciona sem GPU?", "Roda sem internet?",
        ],
    },
    "Everything runs on your own computer, also without internet and without a GPU.",
    "Tudo roda no seu próprio computador, mesmo sem internet e sem GPU.",
)

topic(
    "size",
    {
        "en": [
            "How big are you?",
            "How many parameters do you have?",
            "What is your size?",
            "How small are you?",
            "How large is this model?",
            "How many parameters?",
            "Are you a big model?",
        ],
        "pt": [
            "Qual é o seu tamanho?",
            "Quantos parâmetros você tem?",
            "Você é grande?",
            "Quão pequeno você é?",
            "Qual é o tamanho deste modelo?",
            "Quantos parâmetros?",
            "Você é um modelo grande?",
        ],
    },
    "I have about 3 million parameters. Real models have billions.",
    "Tenho cerca de 3 milhões de parâmetros. Modelos de verdade têm bilhões.",
)


def about(chat: Chat) -> None:
    """One question about llama-worker."""
    asked, told = TOPICS[chat.rng.choice(sorted(TOPICS))]
    chat.user(chat.pick(asked))
    chat.say_pair(told)
