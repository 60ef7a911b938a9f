"""What llama-worker is and how to use it."""

from training.world import phrases
from training.world.chat import Chat

TOPICS = phrases.load("about")


def about(chat: Chat) -> None:
    """One question about llama-worker."""
    topic = TOPICS[chat.rng.choice(sorted(TOPICS))]
    chat.user(chat.pick(topic))
    chat.say_pair({"en": [topic["say_en"]], "pt": [topic["say_pt"]]})
