"""Abilities, mixed into conversations of one to many turns."""

import random
from collections.abc import Iterator

from training.world import about, small_talk
from training.world.chat import LANGUAGES, Chat, Conversation

def conversation(rng: random.Random) -> Conversation:
    language = rng.choice(LANGUAGES)
    chat = Chat(rng, language, language)
    for _ in range(rng.choice((1, 2, 3))):
        rng.choice((small_talk.small_talk, about.about, small_talk.hello))(chat)
    return Conversation(chat.messages, chat.tools)


def conversations(seed: int, count: int) -> Iterator[Conversation]:
    rng = random.Random(seed)
    for _ in range(count):
        yield conversation(rng)
