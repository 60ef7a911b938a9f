"""A server's request to fill a gap, in the body of llama-server's endpoint."""

from __future__ import annotations

from typing import Any

from ...engine.api.endpoints import COMPLETION
from ..runtime import ModelRuntime
from .infilling import room_for_prompt
from .marks import marks_of
from .prompt import check_gap, gap_prompt

_OF_THE_GAP = frozenset({"input_prefix", "input_suffix", "input_extra", "prompt"})


async def as_completion(runtime: ModelRuntime, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The same as a completion, whose answer has the same form. llama-server's own endpoint would cut the texts to one
    batch, three quarters of it before the gap, and a batch may be of 32 tokens here.

    `prompt` is more of what is before the gap. Raises `NotSupportedError`.
    """
    files = [(file.get("filename", "tmp"), file.get("text")) for file in body.get("input_extra") or ()]
    gap = check_gap(body["input_prefix"] + (body.get("prompt") or ""), body["input_suffix"], files)
    header = runtime.loaded_files.header
    marks = marks_of(header, runtime.guard, runtime.settings.alias)
    room = room_for_prompt(runtime.settings, header, body.get("max_tokens", body.get("n_predict")))
    async with runtime.borrow_engine() as engine:
        prompt = await gap_prompt(engine, gap, marks, runtime.guard.texts, room)
    return COMPLETION, {name: value for name, value in body.items() if name not in _OF_THE_GAP} | {"prompt": prompt}
