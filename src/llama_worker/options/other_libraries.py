"""Names of options in other libraries, and where the same is found here.

They are from llama-cpp-python, llama.cpp's server and command line, OpenAI, Ollama, transformers, vLLM, LM Studio and
node-llama-cpp; case, hyphens and underscores do not count. Of a name that means several things the first target that
the asked call knows is told.
"""

from __future__ import annotations

_LENGTH = {
    "max_tokens": "max_completion_tokens max_output_tokens max_new_tokens max_length max_predicted_tokens "
    "num_predict n_predict predict max_gen_len",
    "stop_sequences": "stop stop_strings stop_words stopping_strings stop_sequence stop_token stop_triggers "
    "reverse_prompt",
    "reasoning_budget": "thinking_budget max_thinking_tokens thought_tokens budget_tokens thinking "
    "think reasoning enable_thinking",
}
_SAMPLING = {
    "temperature": "temp",
    "top_k": "top_k_sampling",
    "top_p": "top_p_sampling nucleus",
    "min_p": "min_p_sampling",
    "typical_p": "typical typ_p",
    "top_n_sigma": "top_nsigma",
    "dynamic_temperature": "dynatemp dynatemp_range dynamic_temp",
    "dynamic_temperature.exponent": "dynatemp_exponent dynatemp_exp",
    "xtc.probability": "xtc_probability",
    "xtc.threshold": "xtc_threshold",
    "mirostat.version": "mirostat_mode mirostat_version",
    "mirostat.tau": "mirostat_tau mirostat_ent",
    "mirostat.eta": "mirostat_eta mirostat_lr",
    "seed": "random_seed rng_seed",
    "repeat_penalty": "repetition_penalty rep_pen",
    "repeat_penalty.last_tokens": "repeat_last_n penalty_last_n last_n_tokens_size",
    "repeat_penalty.presence_penalty": "presence_penalty penalty_present",
    "repeat_penalty.frequency_penalty": "frequency_penalty penalty_freq",
    "dry_repeat_penalty": "dry",
    "dry_repeat_penalty.strength": "dry_multiplier",
    "dry_repeat_penalty.base": "dry_base",
    "dry_repeat_penalty.allowed_length": "dry_allowed_length",
    "dry_repeat_penalty.last_tokens": "dry_penalty_last_n",
    "dry_repeat_penalty.sequence_breakers": "dry_sequence_breakers",
    "token_bias": "logit_bias bad_words_ids sequence_bias suppress_tokens",
    "logprobs": "top_logprobs n_probs",
    "engine_options.samplers": "samplers",
    "engine_options.ignore_eos": "ignore_eos",
}
_FORM = {
    "response_format json_schema": "format structured structured_output structured_outputs guided_json",
    "json_schema": "response_format schema json_mode",
    "grammar": "guided_grammar grammar_file gbnf",
    "response_prefix": "prefix assistant_prefix prefill",
    "trim_whitespace_suffix": "trim_whitespace trim",
    "system_prompt": "system system_message instructions",
    "chat_template_options": "chat_template_kwargs chat_template_config",
    "engine_options": "extra_body model_kwargs",
}
_FUNCTIONS = {
    "functions": "tools function_calls plugins raw_tools",
    "function_choice": "tool_choice function_call tool_config",
    "max_parallel_function_calls": "parallel_tool_calls parallel_function_calls max_tool_calls",
    "max_function_rounds": "max_iterations max_turns max_rounds max_prediction_rounds",
    "function_timeout": "tool_timeout",
    "on_function_error": "on_tool_error handle_invalid_tool_request",
    "approve": "guard_tool_call confirm on_tool_call",
}
_RUNNING = {
    "evaluation_priority": "priority",
    "cache_prompt": "prompt_cache enable_prefix_caching use_cache",
    "overflow": "context_shift context_overflow_policy n_keep num_keep truncation truncate shift",
    "keep_alive": "ttl idle_ttl sleep_idle_seconds",
    "max_queue": "max_queued_requests",
    "max_models": "models_max max_loaded_models",
    "allowed_origins": "cors cors_origins origins allow_origins",
    "allowed_hosts": "trusted_hosts",
}
_LOADING = {
    "context_size": "n_ctx num_ctx ctx_size ctx ctx_len context_length context_window max_model_len max_seq_len "
    "max_context_length n_ctx_per_seq model_max_length",
    "batch_size": "n_batch num_batch eval_batch_size max_num_batched_tokens",
    "ubatch_size": "n_ubatch micro_batch_size",
    "threads num_threads": "n_threads num_thread cpu_threads thread_count",
    "sequences": "n_seq_max n_parallel parallel np num_parallel max_num_seqs max_parallel_predictions",
    "gpu_layers": "n_gpu_layers num_gpu num_gpu_layers ngl gpu_offload gpu_layer_count",
    "gpu": "device use_gpu no_gpu device_map cpu_only",
    "gpu_memory_margin": "fit_target fit_params_target vram_padding gpu_memory_utilization",
    "prompt_cache_bytes": "cache_ram cache_ram_mib cram",
    "flash_attention": "flash_attn fa attn_implementation",
    "cache_type": "kv_cache_dtype kv_cache_type cache_quantization kv_cache_quantization",
    "cache_type_k": "type_k llama_k_cache_quantization_type experimental_kv_cache_key_type",
    "cache_type_v": "type_v llama_v_cache_quantization_type",
    "speculative": "speculative_config spec_type prompt_lookup ngram lookup_decoding",
    "draft_model": "draft model_draft assistant_model spec_draft_model speculative_model",
    "draft_tokens": "num_draft_tokens num_speculative_tokens draft_max draft_n_max prompt_lookup_num_tokens",
    "loras": "lora_path lora_adapters lora_scaled lora_modules adapters adapter",
    "lora": "lora_request lora_scale",
    "chat_template": "chat_format template chat_wrapper jinja chat_template_file",
    "projector": "mmproj clip_model_path mmproj_path vision_projector",
    "threads_batch": "n_threads_batch",
    "context_checkpoints": "ctx_checkpoints swa_checkpoints n_ctx_checkpoints",
    "rope.frequency_base": "rope_freq_base rope_theta rope_frequency_base",
    "rope.scale": "rope_freq_scale rope_scale rope_frequency_scale",
    "rope": "rope_scaling rope_scaling_type yarn_ext_factor yarn_attn_factor yarn_beta_fast yarn_beta_slow "
    "yarn_orig_ctx",
    "cpu_moe": "n_cpu_moe moe_cpu_layers num_cpu_expert_layers",
    "kv_offload": "offload_kqv no_kv_offload offload_kv_cache_to_gpu",
    "op_offload": "no_op_offload",
    "repack": "no_repack use_extra_bufts no_extra_bufts",
    "use_direct_io": "direct_io",
    "use_mmap": "mmap try_mmap no_mmap",
    "use_mlock": "mlock keep_model_in_memory",
    "check_tensors": "validate_tensors",
    "ignore_memory_safety_checks": "force skip_memory_check",
    "state_cache": "slot_save_path prompt_cache prompt_cache_all disk_cache",
    "engine": "backend server_binary llama_server llama_server_path build",
    "load_stall_timeout": "load_timeout startup_timeout",
    "response_stall_timeout": "request_timeout read_timeout",
}
_ADVICE = {
    "every answer streams": "stream streaming stream_options on_token on_text_chunk streamer callback",
    "the caller may give up at any time, which aborts the work": "timeout",
    "each request has one answer": "n best_of num_return_sequences num_beams num_completions",
    "an answer never repeats its prompt": "echo return_full_text",
    "sampling is always on; `temperature` 0 is greedy": "do_sample greedy",
    "messages are what `chat` is asked with": "messages chat_history",
    'images and sounds stand in the prompt: `prompt(["What is this?", Image(path)])`': "images image audio media",
    "a model is chosen with `load_model`": "model model_name model_id model_uri repo_id",
    "`split_mode` and `tensor_split` say how a model is spread over GPUs": "tensor_parallel_size",
    "the model file says its own number types": "torch_dtype dtype load_in_4bit load_in_8bit quantization_config "
    "f16_kv quantization",
    "what happens is told by the logger `llama_worker` and by `llama-worker -v`": "verbose verbosity log_level "
    "log_disable logger logging disable_log_requests",
    "`grammar`, `json_schema` and `token_bias` are the ways to steer the choice": "logits_processor logits_processors "
    "stopping_criteria",
}


def _by_letters(*tables: dict[str, str]) -> dict[str, str]:
    return {
        name.replace("_", ""): meaning for table in tables for meaning, names in table.items() for name in names.split()
    }


TARGETS = {
    name: tuple(meaning.split())
    for name, meaning in _by_letters(_LENGTH, _SAMPLING, _FORM, _FUNCTIONS, _RUNNING, _LOADING).items()
}
"""Options here, by the letters of the other name: `field`, or `option.field` within one."""

ADVICE = _by_letters(_ADVICE)
"""What to say of names that are no option here, by their letters."""
