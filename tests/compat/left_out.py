"""What of llama.cpp's tests of its server is left out, and why; docs/clients.md lists it."""

from __future__ import annotations

_ENGINE = "is about arguments of llama-server that are options of `load_model` here"
_TEXT = "compares text, tokens or scores with those of the model that it fetches"
_NAME = "asks for a model that is not there, which is 404 here"
_SETTINGS = "is about settings of llama-server"
_TIME = "looks at slots after a tenth of a second, when the small model has answered"
_ONLY_READ = "asks for no token, and a prompt that is only read has no form"
_TIMINGS = "events of a response have no timings here"
_VERBOSE = "reads `__verbose`, which only a llama-server with `--verbose` tells"
_MIXED = "mixes texts with tokens or parts of a message in one input of OpenAI's form, which is refused here"
_CODE = "lets a model run programs on the server's machine, which this server does not"

FILES: dict[str, str] = {
    "test_compat_anthropic.py": "asks for a model `test`, and one that is not there is 404 here; not gone through yet",
    "test_compat_gcp.py": "Google's form of requests, which a deployment there translates, is not served",
    "test_ctx_shift.py": _ENGINE,
    "test_kv_keep_only_active.py": _ENGINE,
    "test_lora.py": "needs a model and an adapter of a hub; adapters are said by each request here",
    "test_mcp_servers.py": _CODE,
    "test_metrics.py": "the metrics have names of their own, with those of each engine beside them",
    "test_proxy.py": _CODE,
    "test_router.py": "models are loaded by other routes (`/models/load` and so on)",
    "test_security.py": "pages of other origins are refused here unless they are named; not gone through yet",
    "test_sleep.py": _ENGINE,
    "test_slot_save.py": "what was computed of a conversation is kept by itself",
    "test_speculative.py": "needs models of a hub",
    "test_stream.py": "answers go on when a connection breaks over `/ws`",
    "test_systemone.py": "decisions in a form are answers with a schema here",
    "test_template.py": _ENGINE,
    "test_tool_call.py": "needs models and templates of a hub; `tests/families/` tries templates and tools",
    "test_tools_builtin.py": _CODE,
    "test_vision_api.py": "fetches images of a hub; `tests/http/dialects/test_media.py` shows images to a model",
}
"""By their names in `tools/server/tests/unit`."""
TESTS: dict[str, str] = {
    "test_basic.py::test_load_split_model": _TEXT,
    "test_basic.py::test_no_ui": _SETTINGS,
    "test_basic.py::test_server_model_aliases_and_tags": _SETTINGS,
    "test_basic.py::test_server_models": "counts one model, and the built-in one is listed here, too",
    "test_basic.py::test_server_multiple_addresses": _SETTINGS,
    "test_basic.py::test_server_props": "wants the path of the file, which is told to nobody here, and its own seed",
    "test_basic.py::test_server_slots": _SETTINGS,
    "test_chat_completion.py::test_apply_chat_template": _SETTINGS,
    "test_chat_completion.py::test_chat_completion": _TEXT,
    "test_chat_completion.py::test_chat_completion_cached_tokens": _TEXT,
    "test_chat_completion.py::test_chat_completion_stream": "wants the name of its request in each event",
    "test_chat_completion.py::test_chat_completion_with_openai_library": _NAME,
    "test_chat_completion.py::test_chat_template": _VERBOSE,
    "test_chat_completion.py::test_chat_template_assistant_prefill": _VERBOSE,
    "test_chat_completion.py::test_chat_template_continue_final_message_vllm_compat": _VERBOSE,
    "test_chat_completion.py::test_completion_with_response_format": _ONLY_READ,
    "test_chat_completion.py::test_logit_bias": _NAME,
    "test_chat_completion.py::test_logprobs": _NAME,
    "test_chat_completion.py::test_logprobs_stream": _NAME,
    "test_chat_completion.py::test_return_progress": _TEXT,
    "test_chat_completion.py::test_verbose_debug": _VERBOSE,
    "test_compat_oai_responses.py::test_responses_stream_with_llama_telemetry": _TIMINGS,
    "test_compat_oai_responses.py::test_responses_stream_with_openai_library": _NAME,
    "test_compat_oai_responses.py::test_responses_with_openai_library": _NAME,
    "test_completion.py::test_completion": _TEXT,
    "test_completion.py::test_completion_parallel_slots": _TIME,
    "test_completion.py::test_completion_prompt_cache": _TEXT,
    "test_completion.py::test_completion_response_fields": "`response_fields` is not read, and named in a header",
    "test_completion.py::test_completion_stream": _TEXT,
    "test_completion.py::test_completion_stream_with_openai_library": _NAME,
    "test_completion.py::test_completion_stream_with_openai_library_stops": _TEXT,
    "test_completion.py::test_completion_with_openai_library": _NAME,
    "test_completion.py::test_n_probs_post_backend_sampling": _TEXT,
    "test_completion.py::test_n_probs_post_sampling": _TEXT,
    "test_embedding.py::test_embedding_content_text_same_as_string": _MIXED,
    "test_embedding.py::test_embedding_error_prompt_too_long": "wants other words for a text that is too long",
    "test_embedding.py::test_embedding_mixed_input": _MIXED,
    "test_embedding.py::test_embedding_multiple_with_fa": _TEXT,
    "test_embedding.py::test_embedding_openai_library_multiple": _NAME,
    "test_embedding.py::test_embedding_openai_library_single": _NAME,
    "test_embedding.py::test_embedding_pooling_none": _SETTINGS,
    "test_embedding.py::test_embedding_pooling_none_oai": _SETTINGS,
    "test_embedding.py::test_embedding_usage_multiple": _TEXT,
    "test_embedding.py::test_embedding_usage_single": _TEXT,
    "test_rerank.py::test_rerank": _TEXT,
    "test_rerank.py::test_rerank_tei_format": _TEXT,
    "test_rerank.py::test_rerank_usage": _TEXT,
    "test_tokenize.py::test_tokenize_with_bos": _TEXT,
}
"""By `FILE::TEST`."""
