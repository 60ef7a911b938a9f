"""What people say next: again, more, and in the other language, yes, no, ok."""

from training.world.chat import Chat, Phrases
from training.world.listing import CONTINUE

REPEAT: Phrases = {
    "en": ["And again?", "Again[.|, please|]", "Repeat that[.|, please|]", "Can you repeat that?", "Say that again[.|]", "Once more[.|]",
           "What did you say?", "Repeat[.|]", "Could you say it again?", "One more time", "Say it once more", "Please repeat it"],
    "pt": ["E de novo?", "De novo[.|, por favor|]", "Repita[.|, por favor|]", "Pode repetir?", "Diga de novo[.|]", "Mais uma vez[.|]",
           "O que você disse?", "Repete[.|]", "Poderia dizer outra vez?", "Outra vez", "Diga mais uma vez", "Por favor repita"],
}
IN_PORTUGUESE: Phrases = {
    "en": ["And in Portuguese?", "In Portuguese[?|, please|]", "Say it in Portuguese[.|]", "Can you say that in Portuguese?",
           "Translate it to Portuguese[.|]", "How do you say that in Portuguese?", "Now in Portuguese"],
    "pt": ["E em português?", "Em português[?|, por favor|]", "Diga em português[.|]", "Pode dizer isso em português?",
           "Traduza para o português[.|]", "Agora em português", "Fale em português"],
}
IN_ENGLISH: Phrases = {
    "en": ["And in English?", "In English[?|, please|]", "Say it in English[.|]", "Can you say that in English?", "Translate it to English[.|]",
           "Now in English", "How do you say that in English?"],
    "pt": ["E em inglês?", "Em inglês[?|, por favor|]", "Diga em inglês[.|]", "Pode dizer isso em inglês?", "Traduza para o inglês[.|]",
           "Agora em inglês", "Como se diz isso em inglês?"],
}
MORE_REPLY: Phrases = {
    "en": ["That is all I know about it. I am a very small model."],
    "pt": ["É tudo o que sei sobre isso. Sou um modelo muito pequeno."],
}
OK: Phrases = {
    "en": ["Ok[.|]", "Okay[.|]", "I see[.|]", "Got it[.|]", "Alright[.|]", "Understood[.|]", "Right", "Yes[.|]", "No[.|]", "Hm", "Cool[.|]", "Fine", "Ok, I see", "Ok, got it"],
    "pt": ["Ok[.|]", "Certo[.|]", "Entendi[.|]", "Tá bom[.|]", "Está bem[.|]", "Compreendi[.|]", "Sim[.|]", "Não[.|]", "Hum", "Legal[.|]", "Beleza", "Ok, entendi", "Ok, certo"],
}
OK_REPLY: Phrases = {"en": ["Good. What else can I do for you?"], "pt": ["Certo. O que mais posso fazer por você?"]}


def repeat(chat: Chat) -> None:
    last = chat.messages[-1]["content"]
    if len(last) < 300 and not chat.messages[-1].get("tool_calls"):
        chat.user(chat.pick(REPEAT))
        chat.say_plain(last)


def more(chat: Chat) -> None:
    chat.user(chat.pick(CONTINUE))
    chat.say(chat.reply(MORE_REPLY))


def fine(chat: Chat) -> None:
    chat.user(chat.pick(OK))
    chat.say(chat.reply(OK_REPLY))


def other_language(chat: Chat) -> None:
    """The last answer once more, in the other language."""
    pair = chat.known.get("pair")
    if pair:
        english = chat.answer == "pt"
        chat.user(chat.pick(IN_ENGLISH if english else IN_PORTUGUESE))
        chat.say(pair["en" if english else "pt"])


def follow_up(chat: Chat) -> None:
    if not chat.messages or chat.messages[-1]["role"] == "system":
        return
    pair = chat.known.get("pair")
    choices = [repeat, fine] + ([more, other_language, other_language] if pair else [])
    chat.rng.choice(choices)(chat)
