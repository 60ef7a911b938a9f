"""Saved sessions, and memory."""

from __future__ import annotations

from llama_worker import Reply

from ..measuring import measured
from .laboratory import CONTEXT, Laboratory

TOLERANCE = 0.05
_LONGER_THAN_WINDOWS = "Hello, who are you and what can you do for me? " * 25
_MOST = 0.8


async def save_with_state(lab: Laboratory) -> None:
    """A session that was saved with its state goes on without being read again, and begins as it would have."""
    session = await lab.model.create_session()
    await lab.say(session, _LONGER_THAN_WINDOWS)
    file = lab.folder / "session.llama"
    await session.save(file, include_state=True)
    expected = await lab.say(session, "Go on.")
    again = lab.path.with_suffix(".again.gguf")
    again.hardlink_to(lab.path)
    other = await lab.worker.load_model(again, context_size=CONTEXT, sequences=1)
    try:
        reply = await lab.say(await other.load_session(file), "Go on.")
    finally:
        await other.unload()
        again.unlink()
    usage = reply.usage
    assert usage.cached_tokens > _MOST * usage.prompt_tokens, f"{usage.cached_tokens} of {usage.prompt_tokens} kept"
    assert _beginning(reply) == _beginning(expected), f"{reply.text!r} for {expected.text!r}"


def _beginning(reply: Reply) -> str:
    """The very first of it: how a text is cut into batches changes last digits, and noise makes much of it."""
    return (reply.reasoning or reply.text)[:2]


# A tiny model is less than the program around it, whose size differs with the machine's load.
SMALL_CHANGE = 10 << 20


async def memory(lab: Laboratory) -> None:
    """The estimate of memory is within 5 % of what the engine occupies with its context full."""
    result = await measured(lab.model, lab.path)
    assert abs(result.expected - result.found) <= max(TOLERANCE * result.found, SMALL_CHANGE), (
        f"{result.error:+.0%} of {result.found / 1e6:.0f} MB"
    )
