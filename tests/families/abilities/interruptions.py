"""Aborts and pauses, in each phase."""

from __future__ import annotations

from llama_worker import errors
from llama_worker.messages.events import Progress, ReasoningDelta, TextDelta

from .laboratory import Laboratory

_PHASES = {"prompt": (Progress,), "answer": (TextDelta, ReasoningDelta)}
_LONG = "Tell me everything about the weather in Lisbon, please. " * 40


async def abort(lab: Laboratory) -> None:
    """An abort before the prompt is read, while it is, and in the answer; the next prompt is answered."""
    session = await lab.model.create_session()
    options = {**lab.letters, "max_tokens": 200}
    for phase in ("queued", *_PHASES):
        operation = session.prompt(_LONG, **options)
        try:
            async for event in operation.events():
                if phase == "queued" or isinstance(event, _PHASES[phase]):
                    break
            operation.abort()
            await operation
        except errors.OperationAborted:
            continue
        raise AssertionError(f"the abort in the phase {phase} did not end it")
    assert (await lab.say(session, "Hello")).usage.completion_tokens > 0


async def pause(lab: Laboratory) -> None:
    """A greedy answer that was paused is the same as one that was not."""
    options = {**lab.noise, "max_tokens": 16}
    messages = [{"role": "user", "content": "Count for me."}]
    whole = await lab.model.chat(messages, **options)
    operation = lab.model.chat(messages, **options)
    pieces = 0
    async for _ in operation:
        pieces += 1
        if pieces == 3:
            operation.pause()
            operation.resume()
    reply = await operation
    assert (reply.text, reply.reasoning) == (whole.text, whole.reasoning), f"{reply.text!r} for {whole.text!r}"
