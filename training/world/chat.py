"""A conversation in the making: who speaks which language, what is known so far, which half of the world is used."""

import random
import re
from dataclasses import dataclass, field
from typing import Any

from training.world import phrases

Message = dict[str, Any]
Phrases = dict[str, list[str]]

LANGUAGES = ("en", "pt")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")

TEXT = phrases.load("chat")

MEANINGFUL = frozenset(TEXT["MEANINGFUL"])
"""Words without which a question means something else."""
PREFIXES: Phrases = TEXT["PREFIXES"]
SUFFIXES: Phrases = TEXT["SUFFIXES"]


@dataclass
class Conversation:
    """What the model is trained on: messages, and the tools that were offered."""

    messages: list[Message]
    tools: list[Message] | None = None


@dataclass
class Chat:
    """Builds one conversation. `test` picks the half of the world that training never sees."""

    rng: random.Random
    ask: str = "en"
    answer: str = "en"
    test: bool = False
    messages: list[Message] = field(default_factory=list)
    tools: list[Message] | None = None
    known: dict[str, Any] = field(default_factory=dict)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def user(self, text: str) -> None:
        self.known["pair"] = None
        self.messages.append({"role": "user", "content": articles(text) if self.ask == "en" else text})

    def say(self, text: str) -> None:
        """The assistant speaks, in the voice of its persona if it has one."""
        self.say_plain(self.in_voice(text))

    def in_voice(self, text: str) -> str:
        """`text` behind what the persona says first."""
        text = articles(text) if self.answer == "en" else text
        voice = self.known.get("voice")
        return f"{voice} {text}" if voice else text

    def say_plain(self, text: str) -> None:
        self.messages.append({"role": "assistant", "content": text})

    def say_pair(self, told: Phrases) -> None:
        """Say it, and keep it ready in both languages for 'and in Portuguese?'."""
        self.known["pair"] = {language: expand(self.rng, texts[0]) for language, texts in told.items()}
        self.say(self.known["pair"][self.answer])

    def pick(self, phrases: Phrases) -> str:
        """A phrasing of the user's, as people type it."""
        return self.vary(self.wording(phrases))

    def wording(self, phrases: Phrases) -> str:
        """A phrasing as it is written: the last sixth of each list is kept for tests."""
        listed = phrases[self.ask]
        kept = max(1, len(listed) // 6) if len(listed) > 3 else 0
        usable = listed[-kept:] if self.test and kept else listed[: len(listed) - kept]
        return expand(self.rng, self.rng.choice(usable))

    def reply(self, phrases: Phrases) -> str:
        return expand(self.rng, self.rng.choice(phrases[self.answer]))

    def vary(self, text: str) -> str:
        """Now and then polite, lazy or lowercase, as people type."""
        if self.chance(0.12):
            text = self.rng.choice(PREFIXES[self.ask]) + text[:1].lower() + text[1:]
        if self.chance(0.08):
            text = text.rstrip("?.!") + self.rng.choice(SUFFIXES[self.ask]) + ("?" if text.endswith("?") else "")
        if self.chance(0.2):
            text = text.rstrip("?.!")
        if self.chance(0.15):
            text = text.lower()
        return self.stumble(text) if self.chance(0.3) and not self.test else text

    def stumble(self, text: str) -> str:
        """A word left out or mistyped, so that no answer hangs on one word of the question."""
        words = text.split(" ")
        at = self.rng.randrange(len(words))
        word = words[at]
        if len(words) < 4 or not word.isalpha() or word.lower() in MEANINGFUL:
            return text
        if len(word) < 5 or self.chance(0.4):
            return " ".join(words[:at] + words[at + 1 :])
        place = self.rng.randrange(1, len(word) - 2)
        words[at] = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        return " ".join(words)


def articles(text: str) -> str:
    """a old -> an old."""
    return re.sub(r"\b([aA]) (?=[aeiou])", r"\1n ", text)


def expand(rng: random.Random, text: str) -> str:
    """Choose one of each [a|b|c]; an empty choice is allowed."""
    while match := _CHOICE.search(text):
        text = text[: match.start()] + rng.choice(match.group(1).split("|")) + text[match.end() :]
    return " ".join(text.split(" ")).replace("  ", " ").strip()
