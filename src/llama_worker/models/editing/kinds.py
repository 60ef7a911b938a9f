"""Of which type the values of well-known keys are, as llama.cpp reads them."""

from __future__ import annotations

import re

_PATTERNS = {
    "string": r"general\.(architecture|type|name|author|organization|basename|size_label|license(\.(name|link))?"
    r"|description|version|finetune|url|repo_url|source\..*)"
    r"|tokenizer\.chat_template(\..+)?|tokenizer\.ggml\.(model|pre)|[^.]+\.rope\.scaling\.type",
    "u32": r"general\.(alignment|file_type|quantization_version)|tokenizer\.ggml\..+_token_id"
    r"|[^.]+\.(context_length|embedding_length|block_count|feed_forward_length|vocab_size|pooling_type|expert_count"
    r"|expert_used_count|rope\.dimension_count|rope\.scaling\.original_context_length|attention\.sliding_window"
    r"|attention\.(head_count|head_count_kv|key_length|value_length))",
    "f32": r"[^.]+\.(rope\.freq_base(_swa)?|rope\.scaling\.(factor|attn_factor)|attention\.layer_norm(_rms)?_epsilon"
    r"|expert_weights_scale|logit_scale)",
    "bool": r"tokenizer\.ggml\.(add_\w+_token|add_space_prefix|remove_extra_whitespaces)|[^.]+\.attention\.causal"
    r"|[^.]+\.rope\.scaling\.finetuned|[^.]+\.expert_weights_norm",
    "string[]": r"general\.(tags|languages)|tokenizer\.chat_templates",
}
_KINDS = {kind: re.compile(pattern) for kind, pattern in _PATTERNS.items()}
TOKEN_ID = re.compile(r"tokenizer\.ggml\..+_token_id")


def usual_kind(key: str) -> str | None:
    """The type of a well-known key: "u32", "string", "string[]" for an array; None of any other."""
    return next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(key)), None)
