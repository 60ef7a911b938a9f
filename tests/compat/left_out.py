"""What of llama.cpp's tests of its server is left out, and why; docs/clients.md lists it."""

# ruff: noqa: E501  (a name is as long as it is)

from __future__ import annotations

_ENGINE = "is about arguments of llama-server that are options of `load_model` here"
_TEXT = "compares text, tokens or scores with those of the model that it fetches"
_METRICS = "the metrics of each engine have a label that says of which model they are"
_ROUTER = "a model's state is a word here, and models come and go by memory (`tests/http/test_several_models.py`)"
_ORIGINS = "pages of other origins are refused here, also when they ask beforehand, unless they are named"
_ASLEEP = "a model that is not needed is unloaded here, and the engine's process ends"
_ADDRESS = "an image is never fetched from an address for a request"
_MEDIA = "has a text with images in it, in llama.cpp's own form; here only messages have them"
_SAID = "compares where an answer without reasoning begins: here behind the mark of its response"
_SETTINGS = "is about settings of llama-server"
_TIME = "looks at slots after a tenth of a second, when the small model has answered"
_ONLY_READ = "asks for no token, and a prompt that is only read has no form"
_TIMINGS = "events of a response have no timings here"
_VERBOSE = "reads `__verbose`, which only a llama-server with `--verbose` tells"
_MIXED = "mixes texts with tokens or parts of a message in one input of OpenAI's form, which is refused here"
_CODE = "lets a model run programs on the server's machine, which this server does not"

SLOW = "fetches models of 1 to 8 billion weights; `tests/families/` tries their templates and tools"
FILES: dict[str, str] = {
    "test_compat_gcp.py": "Google's form of requests, which a deployment there translates, is not served",
    "test_kv_keep_only_active.py": _ENGINE,
    "test_lora.py": "needs a model and an adapter of a hub; adapters are said by each request here",
    "test_mcp_servers.py": _CODE,
    "test_proxy.py": _CODE,
    "test_slot_save.py": "what was computed of a conversation is kept by itself",
    "test_speculative.py": "needs models of a hub",
    "test_stream.py": "answers go on when a connection breaks over `/ws`",
    "test_systemone.py": "decisions in a form are answers with a schema here",
    "test_tools_builtin.py": _CODE,
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
    "test_chat_completion.py::test_chat_template": _VERBOSE,
    "test_chat_completion.py::test_chat_template_assistant_prefill": _VERBOSE,
    "test_chat_completion.py::test_chat_template_continue_final_message_vllm_compat": _VERBOSE,
    "test_chat_completion.py::test_completion_with_response_format": _ONLY_READ,
    "test_chat_completion.py::test_return_progress": _TEXT,
    "test_chat_completion.py::test_verbose_debug": _VERBOSE,
    "test_compat_anthropic.py::test_anthropic_empty_messages": "no messages are refused here, as Anthropic does",
    "test_compat_anthropic.py::test_anthropic_thinking_with_reasoning_model": _TEXT,
    "test_compat_anthropic.py::test_anthropic_tool_result_with_image": "wants 500 for an image that the model cannot see, which is 400 here",
    "test_compat_anthropic.py::test_anthropic_vision_format_accepted": "wants 500 for an image that the model cannot see, which is 400 here",
    "test_compat_oai_responses.py::test_responses_stream_with_llama_telemetry": _TIMINGS,
    "test_completion.py::test_completion": _TEXT,
    "test_completion.py::test_completion_parallel_slots": _TIME,
    "test_completion.py::test_completion_prompt_cache": _TEXT,
    "test_completion.py::test_completion_response_fields": "`response_fields` is not read, and named in a header",
    "test_completion.py::test_completion_stream": _TEXT,
    "test_completion.py::test_completion_stream_with_openai_library_stops": _TEXT,
    "test_completion.py::test_n_probs_post_backend_sampling": _TEXT,
    "test_completion.py::test_n_probs_post_sampling": _TEXT,
    "test_ctx_shift.py::test_ctx_shift_disabled_long_prompt": _TEXT,
    "test_ctx_shift.py::test_ctx_shift_disabled_short_prompt[-1-248-True]": _TEXT,
    "test_ctx_shift.py::test_ctx_shift_enabled": _ENGINE,
    "test_embedding.py::test_embedding_content_text_same_as_string": _MIXED,
    "test_embedding.py::test_embedding_error_prompt_too_long": "wants other words for a text that is too long",
    "test_embedding.py::test_embedding_mixed_input": _MIXED,
    "test_embedding.py::test_embedding_multiple_with_fa": _TEXT,
    "test_embedding.py::test_embedding_pooling_none": _SETTINGS,
    "test_embedding.py::test_embedding_pooling_none_oai": _SETTINGS,
    "test_embedding.py::test_embedding_usage_multiple": _TEXT,
    "test_embedding.py::test_embedding_usage_single": _TEXT,
    "test_metrics.py::test_metrics_disabled": _SETTINGS,
    "test_metrics.py::test_metrics_embedding_prompt_is_counted": _METRICS,
    "test_metrics.py::test_metrics_predicted_total_matches_requests": _METRICS,
    "test_metrics.py::test_metrics_prometheus_format": _METRICS,
    "test_metrics.py::test_metrics_prompt_processed_and_cached": _METRICS,
    "test_rerank.py::test_rerank": _TEXT,
    "test_rerank.py::test_rerank_tei_format": _TEXT,
    "test_rerank.py::test_rerank_usage": _TEXT,
    "test_router.py::test_router_api_key_required": _ROUTER,
    "test_router.py::test_router_dedup_cache_models": _ROUTER,
    "test_router.py::test_router_delete_model": _ROUTER,
    "test_router.py::test_router_download_model": _ROUTER,
    "test_router.py::test_router_models_max_evicts_lru": _ROUTER,
    "test_router.py::test_router_no_models_autoload": _ROUTER,
    "test_router.py::test_router_props": _ROUTER,
    "test_router.py::test_router_queue_client_disconnect_keeps_model": _ROUTER,
    "test_router.py::test_router_queue_coalesces_requests_for_same_model": _ROUTER,
    "test_router.py::test_router_queue_does_not_evict_busy_model": _ROUTER,
    "test_router.py::test_router_queue_is_fifo": _ROUTER,
    "test_router.py::test_router_queue_two_waiters_share_one_eviction": _ROUTER,
    "test_router.py::test_router_reload_models": _ROUTER,
    "test_router.py::test_router_remote_preset": _ROUTER,
    "test_router.py::test_router_unload_model": _ROUTER,
    "test_security.py::test_access_static_assets_without_api_key": "is about the files of another page",
    "test_security.py::test_cors_options": _ORIGINS,
    "test_security.py::test_cors_origins_defaults_to_localhost_with_tools_enabled": _ORIGINS,
    "test_security.py::test_cors_origins_localhost_reflects": _ORIGINS,
    "test_security.py::test_cors_origins_localhost_rejects": _ORIGINS,
    "test_security.py::test_cors_proxy_only_forwards_explicit_proxy_headers": _CODE,
    "test_security.py::test_local_media_file[../../../tools-file:////mtmd//test-1.jpeg-True]": _ADDRESS,
    "test_security.py::test_local_media_file[../../../tools-file://mtmd/test-1.jpeg-True]": _ADDRESS,
    "test_sleep.py::test_server_sleep": _ASLEEP,
    "test_sleep.py::test_server_sleep_metrics_buckets": _ASLEEP,
    "test_sleep.py::test_server_sleep_read_only_endpoints": _ASLEEP,
    "test_sleep.py::test_server_sleep_token_counting_wake": _ASLEEP,
    "test_template.py::test_reasoning[CohereForAI-c4ai-command-r7b-12-2024-tool_use-off-<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|><|START_THINKING|><|END_THINKING|>-None]": _SAID,
    "test_template.py::test_reasoning[CohereForAI-c4ai-command-r7b-12-2024-tool_use-off-<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|><|START_THINKING|><|END_THINKING|>-tools1]": _SAID,
    "test_tokenize.py::test_tokenize_with_bos": _TEXT,
    "test_tool_call.py::test_completion_without_tool_call_fast[meta-llama-Llama-3.3-70B-Instruct-128-tools1-None-CompletionMode.NORMAL]": _TEXT,
    "test_tool_call.py::test_completion_without_tool_call_fast[meta-llama-Llama-3.3-70B-Instruct-128-tools1-None-CompletionMode.STREAMED]": _TEXT,
    "test_vision_api.py::test_models_supports_multimodal_capability": "wants a second list of the models, in another form",
    "test_vision_api.py::test_v1_models_supports_multimodal_capability": "wants a second list of the models, in another form",
    "test_vision_api.py::test_vision_chat_completion[Test test\\n-IMG_URL_1-True-(frog)+]": _ADDRESS,
    "test_vision_api.py::test_vision_chat_completion[What is this:\\n-IMG_URL_0-True-(cat)+]": _ADDRESS,
    "test_vision_api.py::test_vision_chat_completion[What is this:\\n-IMG_URL_1-True-(frog)+]": _ADDRESS,
    "test_vision_api.py::test_vision_chat_completion_token_count": _ADDRESS,
    "test_vision_api.py::test_vision_completion[What is this: <__media__>\\n-IMG_BASE64_0-True-(cat)+|(automobile)+]": _MEDIA,
    "test_vision_api.py::test_vision_completion[What is this: <__media__>\\n-IMG_BASE64_1-True-(frog)+]": _MEDIA,
    "test_vision_api.py::test_vision_embeddings[What is this: <__media__>\\n-IMG_BASE64_0-True]": _MEDIA,
    "test_vision_api.py::test_vision_embeddings[What is this: <__media__>\\n-IMG_BASE64_1-True]": _MEDIA,
    "test_vision_api.py::test_vision_embeddings_oai_content": _MEDIA,
}
"""By `FILE::TEST`, or `FILE::TEST[PARAMETERS]`."""
