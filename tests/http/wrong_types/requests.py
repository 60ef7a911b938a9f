"""A request of each route with all its fields, and where a value may be of more than one type."""

from __future__ import annotations

import base64
from typing import Any

from tests.projector_factory import png, wav

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
IMAGE = "data:image/png;base64," + base64.b64encode(png()).decode()
SOUND = base64.b64encode(wav()).decode()
FUNCTION = {"name": "f", "description": "d", "parameters": SCHEMA, "strict": True}
GUARDED: dict[str, Any] = {"model": "seeing", "special_tokens": "inert", "system_special_tokens": "inert"}
SAMPLING: dict[str, Any] = {
    "temperature": 0.5,
    "top_p": 0.5,
    "top_k": 5,
    "min_p": 0.5,
    "typical_p": 0.5,
    "repeat_penalty": 1.5,
    "repeat_last_n": 5,
    "frequency_penalty": 0.5,
    "presence_penalty": 0.5,
    "xtc_probability": 0.5,
    "xtc_threshold": 0.5,
    "dry_multiplier": 0.5,
    "mirostat": 0,
    "mirostat_tau": 0.5,
    "mirostat_eta": 0.5,
    "seed": 5,
    "logit_bias": {"1": 0.5},
    "ignore_eos": False,
    "cache_prompt": True,
    "lora": {},
}
GENERATING: dict[str, Any] = {
    "max_tokens": 1,
    "n_predict": 1,
    "n": 1,
    "stop": ["a"],
    "return_progress": False,
    "timings_per_token": False,
    "stream": False,
    "stream_options": {"include_usage": False},
    "reproducible": False,
}
SEEN = {"type": "image_url", "image_url": {"url": IMAGE, "detail": "low"}}
HEARD = {"type": "input_audio", "input_audio": {"data": SOUND, "format": "wav"}}
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CHAT: dict[str, Any] = {
    **GUARDED,
    **SAMPLING,
    **GENERATING,
    "messages": [
        {"role": "developer", "content": "s", "name": "n"},
        {"role": "user", "content": [{"type": "text", "text": "hi"}, SEEN, HEARD]},
        {"role": "assistant", "content": "", "reasoning_content": "r", "refusal": "no", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c", "content": "4"},
    ],
    "max_completion_tokens": 1,
    "tools": [{"type": "function", "function": FUNCTION}],
    "tool_choice": "none",
    "parallel_tool_calls": False,
    "response_format": {"type": "json_schema", "json_schema": {"name": "n", "strict": True, "schema": SCHEMA}},
    "reasoning_effort": "low",
    "reasoning_format": "auto",
    "thinking_budget_tokens": 5,
    "chat_template_kwargs": {"enable_thinking": True},
    "logprobs": True,
    "top_logprobs": 1,
    "add_generation_prompt": True,
    "continue_final_message": False,
}
COMPLETION = {**GUARDED, **SAMPLING, **GENERATING, "prompt": "hi", "logprobs": 1}
RESPONSES: dict[str, Any] = {
    **GUARDED,
    **SAMPLING,
    "input": [
        {
            "type": "message",
            "role": "user",
            "content": [
                {"type": "input_text", "text": "hi"},
                {"type": "input_image", "image_url": IMAGE, "detail": "low"},
            ],
        },
        {
            "type": "reasoning",
            "id": "r",
            "summary": [{"type": "summary_text", "text": "t"}],
            "content": [{"type": "reasoning_text", "text": "t"}],
        },
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "a"}]},
        {"role": "assistant", "content": "b"},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "4"}]},
    ],
    "instructions": "i",
    "max_output_tokens": 1,
    "tools": [{"type": "function", **FUNCTION}],
    "tool_choice": "none",
    "parallel_tool_calls": False,
    "text": {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA, "strict": True}},
    "reasoning": {"effort": "low", "summary": "auto"},
    "store": False,
    "metadata": {"a": "b"},
    "stream": False,
}
ANTHROPIC: dict[str, Any] = {
    **GUARDED,
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "hi"},
                {
                    "type": "image",
                    "source": {"type": "base64", "media_type": "image/png", "data": IMAGE.partition(",")[2]},
                },
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "t", "signature": "s"},
                {"type": "tool_use", "id": "c", "name": "f", "input": {"a": "b"}},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "c",
                    "is_error": False,
                    "content": [{"type": "text", "text": "4"}],
                }
            ],
        },
    ],
    "system": [{"type": "text", "text": "s"}],
    "max_tokens": 1,
    "stop_sequences": ["a"],
    "temperature": 0.5,
    "top_p": 0.5,
    "top_k": 5,
    "tools": [{"name": "f", "type": "custom", "description": "d", "input_schema": SCHEMA}],
    "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
    "thinking": {"type": "enabled", "budget_tokens": 10},
    "output_config": {"effort": "low"},
    "stream": False,
    "lora": {},
}
FORMED = {"output_config": {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}}}
NATIVE: dict[str, Any] = {
    **SAMPLING,
    "model": "seeing",
    "n_predict": 1,
    "max_tokens": 1,
    "stop": ["a"],
    "stream": False,
    "return_progress": False,
    "n_probs": 1,
    "post_sampling_probs": False,
    "return_tokens": False,
    "timings_per_token": False,
}
CONTINUED: dict[str, Any] = {
    **NATIVE,
    "prompt": ["a", [1], {"prompt_string": "a"}],
    "n": 1,
    "samplers": ["top_k"],
    "top_n_sigma": 0.5,
    "dynatemp_range": 0.5,
    "dynatemp_exponent": 0.5,
    "dry_base": 1.5,
    "dry_allowed_length": 2,
    "dry_penalty_last_n": 5,
    "min_keep": 1,
    "t_max_predict_ms": 1000,
}
INFILL: dict[str, Any] = {
    **NATIVE,
    "input_prefix": "a",
    "input_suffix": "b",
    "input_extra": [{"text": "c", "filename": "d"}],
    "prompt": "p",
}
ROUTES: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": CHAT,
    "/v1/completions": COMPLETION,
    "/v1/responses": RESPONSES,
    "/v1/messages": {name: value for name, value in (ANTHROPIC | FORMED).items() if not name.startswith("tool")},
    "/v1/messages/count_tokens": ANTHROPIC,
    "/v1/chat/completions/input_tokens": CHAT,
    "/v1/responses/input_tokens": RESPONSES,
    "/apply-template": CHAT | {"with_pieces": False},
    "/completion": CONTINUED,
    "/infill": INFILL,
    "/tokenize": {**GUARDED, "content": "a", "add_special": True, "parse_special": True, "with_pieces": True},
    "/detokenize": {"model": "seeing", "tokens": [1]},
    "/v1/embeddings": {
        "model": "seeing",
        "input": "a",
        "encoding_format": "float",
        "dimensions": 5,
        "embd_normalize": 2,
        "truncate": False,
    },
    "/embed": {"model": "seeing", "inputs": "a", "normalize": True, "dimensions": 5, "truncate": False},
    "/embedding": {"model": "seeing", "content": "a", "input": "b", "embd_normalize": 2},
    "/v1/rerank": {
        "model": "ranker",
        "query": "a",
        "documents": ["a", {"text": "b"}],
        "top_n": 1,
        "return_documents": False,
        "truncate": False,
    },
    "/rerank": {
        "model": "ranker",
        "query": "a",
        "texts": ["a"],
        "top_n": 1,
        "raw_scores": False,
        "return_text": False,
        "truncate": False,
    },
    "/v1/chat/completions/control": {"id": "a", "action": "reasoning_end"},
    "/models/load": {"model": "seeing", "options": {"context_size": 512}},
    "/models/unload": {"model": "seeing"},
}
REFUSED = {"/infill": "not trained"}
"""What is said to the whole request where this model cannot serve it."""
ALSO: dict[str, set[str]] = {
    r".*(parameters|schema)\.properties\.a": {"boolean"},
    r".*(parameters|schema)(\.properties\.a)?\.type": {"text"},
    r"messages\[1\]\.content\[1\]\.input\.a": {"anything"},
    r"(messages|input)\[\d\]\.content(\[0\]\.content)?|input\[5\]\.output|system": {"text", "empty list"},
    r"messages\[\d\]\.content\[\d\]": {"text"},
    r".*function\.arguments": {"object"},
    r"logit_bias": {"empty list"},
    r"lora": {"empty list"},
    r"stop|stop_sequences|input|documents\[1\]": {"text"},
    r"inputs?|content": {"list of numbers"},
    r"prompt": {"text", "list of numbers"},
    r"prompt\[\d\]": {"text", "integer", "list of numbers"},
    r"samplers": {"empty list"},
}
"""By patterns of paths, what may stand there beside a value of the type that stands there above."""
