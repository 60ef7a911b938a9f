"""The order of messages that strict chat templates (Mistral's, Gemma's, Mixtral's) insist on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gguf
from gguf.scripts.gguf_new_metadata import MetadataDetails, copy_with_new_metadata

from llama_worker.models.store.files import builtin_path

_MAY_FOLLOW = {
    "user": {"", "system", "assistant"},
    "assistant": {"user", "tool"},
    "calls": {"user", "tool"},
    "tool": {"calls", "tool"},
    "system": {""},
}
# Refuses what is refused here, in the engine itself.
_STRICT = """
{%- set before = namespace(role='', calls=0) -%}
{%- for message in messages -%}
  {%- if message.role == 'user' and before.role not in ['', 'system', 'assistant'] -%}
    {{- raise_exception('user after ' ~ before.role) -}}
  {%- elif message.role == 'assistant' and before.role not in ['user', 'tool'] -%}
    {{- raise_exception('assistant after ' ~ before.role) -}}
  {%- elif message.role == 'tool' and before.role not in ['calls', 'tool'] -%}
    {{- raise_exception('tool after ' ~ before.role) -}}
  {%- endif -%}
  {%- set before.role = 'calls' if message.tool_calls else message.role -%}
{%- endfor -%}
"""


def is_strictly_ordered(messages: Sequence[Mapping[str, Any]], *, may_wait: bool = False) -> bool:
    """Whether turns are whole: a user's message, calls with one result each, an answer. With `may_wait` the last calls
    may still be without results."""
    before, open_calls = "", list[str]()
    for message in messages:
        calls = [call["id"] for call in message.get("tool_calls", ())]
        role = "calls" if calls else message["role"]
        if before not in _MAY_FOLLOW[role] or (role != "tool" and open_calls):
            return False
        if role == "tool":
            if message["tool_call_id"] not in open_calls:
                return False
            open_calls.remove(message["tool_call_id"])
        before, open_calls = role, open_calls + calls
    return may_wait or (not open_calls and before in ("", "system", "assistant"))


def write_strict_model(path: Path) -> Path:
    """The built-in model with a template that refuses any other order."""
    reader = gguf.GGUFReader(builtin_path())
    template = reader.fields[gguf.Keys.Tokenizer.CHAT_TEMPLATE].contents()
    writer = gguf.GGUFWriter(path, arch=reader.fields[gguf.Keys.General.ARCHITECTURE].contents())
    strict = MetadataDetails(gguf.GGUFValueType.STRING, _STRICT + template)
    copy_with_new_metadata(reader, writer, {gguf.Keys.Tokenizer.CHAT_TEMPLATE: strict}, [])
    return path
