"""What a server says in place of a request that does not say it, in the words of the engine."""

from __future__ import annotations

from ..engine.api.option_fields import sampling_fields
from ..options import PromptOptions
from .dialects.fields import Object

_NONE = PromptOptions()


def with_prompt_defaults(body: Object, options: PromptOptions, context_size: int) -> Object:
    """The engine's body with the defaults for what is not in it; the same body where there are none."""
    if options == _NONE:
        return body
    said = {name: value for name, value in body.items() if value is not None}
    fields = sampling_fields(options, context_size) | _other_fields(options)
    if "n_predict" in said:
        fields.pop("max_tokens", None)
    if "messages" in said:
        fields |= _chat_fields(said, options)
    return fields | said | {name: fields[name] for name in ("messages", "chat_template_kwargs") if name in fields}


def _other_fields(options: PromptOptions) -> Object:
    fields = {
        "max_tokens": options.max_tokens,
        "stop": list(options.stop_sequences) or None,
        "seed": options.seed,
        "cache_prompt": None if options.cache_prompt else False,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _chat_fields(said: Object, options: PromptOptions) -> Object:
    fields: Object = {}
    if not said.keys() & {"reasoning_effort", "thinking_budget_tokens"}:  # a request means one by the other
        if options.reasoning_budget is not None:
            fields["thinking_budget_tokens"] = options.reasoning_budget
        if options.reasoning_effort is not None:
            fields["reasoning_effort"] = options.reasoning_effort
    if options.chat_template_options:
        fields["chat_template_kwargs"] = options.chat_template_options | said.get("chat_template_kwargs", {})
    if options.system_prompt is not None and not any(one.get("role") == "system" for one in said["messages"]):
        fields["messages"] = [{"role": "system", "content": options.system_prompt}, *said["messages"]]
    return fields
