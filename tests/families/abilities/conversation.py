"""Conversations: turns, the system prompt, forks, overflow, counts."""

from __future__ import annotations

from .laboratory import CONTEXT, Laboratory

_LONG = "The weather in Lisbon is fine and everybody is at the beach. " * 25


async def turns(lab: Laboratory) -> None:
    """A second turn reads the first from the cache, and the history has both."""
    session = await lab.model.create_session()
    await lab.say(session, "Hello, who are you and what can you do for me?")
    reply = await lab.say(session, "Go on.")
    assert reply.usage.cached_tokens > 0, "nothing came from the cache"
    assert [message["role"] for message in session.get_chat_history()] == ["user", "assistant"] * 2


async def system_prompt(lab: Laboratory) -> None:
    """The whole system prompt reaches the model."""
    question = {"role": "user", "content": "Hello"}
    text = "You are a pirate who answers in rhymes and never says hello to anybody."
    counts = [await lab.model.count_tokens([{"role": "system", "content": one}, question]) for one in ("Be kind", text)]
    difference = counts[1] - counts[0]
    longer = await lab.model.count_tokens(text) - await lab.model.count_tokens("Be kind")
    assert abs(difference - longer) <= 2, f"{difference} tokens of {longer}"


async def fork(lab: Laboratory) -> None:
    """Two ways on from one conversation; the first turn is not read again."""
    session = await lab.model.create_session()
    await lab.say(session, "Hello, who are you and what can you do for me?")
    other = session.fork()
    one, two = await lab.say(session, "Tell me more."), await lab.say(other, "That is enough.")
    assert one.usage.cached_tokens > 0, "nothing came from the cache"
    assert two.usage.prompt_tokens > 0
    assert session.get_chat_history()[:2] == other.get_chat_history()[:2]
    assert session.get_chat_history()[2] != other.get_chat_history()[2]


async def overflow(lab: Laboratory) -> None:
    """A conversation that outgrows the context goes on, without its oldest messages."""
    session = await lab.model.create_session(system_prompt="Be brief.")
    for _ in range(8):
        reply = await lab.say(session, _LONG)
    assert reply.dropped_messages > 0, "nothing was left out"
    assert await session.count_tokens() <= CONTEXT


async def count_tokens(lab: Laboratory) -> None:
    """Tokens are counted beforehand as the engine counts them."""
    messages = [{"role": "user", "content": "How many tokens does this have, über alles 你好?"}]
    reply = await lab.model.chat(messages, **lab.noise)
    counted = await lab.model.count_tokens(messages)
    assert counted == reply.usage.prompt_tokens, f"counted {counted}, the engine {reply.usage.prompt_tokens}"
