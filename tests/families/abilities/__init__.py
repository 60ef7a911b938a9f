"""What a family must be able to do, each ability a check that needs no sense from the model."""

from __future__ import annotations

from .calls import call_and_result, named_call, required_call, two_calls
from .conversation import count_tokens, fork, overflow, system_prompt, turns
from .forms import json_answer, json_completion, json_with_thinking
from .inertness import inert_content
from .interruptions import abort, pause
from .keeping import memory, save_with_state
from .laboratory import Ability
from .reasoning import reasoning_budget, reasoning_off, reasoning_on

ABILITIES: dict[str, Ability] = {
    "memory": memory,
    "turns": turns,
    "system prompt": system_prompt,
    "call and result": call_and_result,
    "two calls": two_calls,
    "required call": required_call,
    "named call": named_call,
    "JSON": json_answer,
    "JSON, thinking": json_with_thinking,
    "JSON, completion": json_completion,
    "reasoning": reasoning_on,
    "reasoning off": reasoning_off,
    "reasoning budget": reasoning_budget,
    "abort": abort,
    "pause": pause,
    "fork": fork,
    "save with state": save_with_state,
    "overflow": overflow,
    "count tokens": count_tokens,
    "inert content": inert_content,
}
"""By their names in the table of the documentation, where the first line of each check says what it means."""
