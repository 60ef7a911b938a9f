"""What people say next: again, more, and in the other language, yes, no, ok."""

from training.world import phrases
from training.world.chat import Chat, Phrases
from training.world.listing import CONTINUE

TEXT = phrases.load("follow_up")

REPEAT: Phrases = TEXT["REPEAT"]
IN_PORTUGUESE: Phrases = TEXT["IN_PORTUGUESE"]
IN_ENGLISH: Phrases = TEXT["IN_ENGLISH"]
MORE_REPLY: Phrases = TEXT["MORE_REPLY"]
OK: Phrases = TEXT["OK"]
OK_REPLY: Phrases = TEXT["OK_REPLY"]


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
    choices = [repeat, fine] + ([more, other_language, other_language, other_language] if pair else [])
    chat.rng.choice(choices)(chat)
