"""The engine's routes, and what each is here; a text without backquotes says why there is nothing."""

from __future__ import annotations

_BEHIND = "left out: it would change an engine behind the worker's back"
_CODE = "left out: it lets a model run programs on this machine"
_STREAMS = "answers go on when a connection breaks: `GET /ws`"
_RERANK = "`POST /v1/rerank`, `model.rerank`"
_COUNT = "`POST /v1/chat/completions/input_tokens`, `session.count_tokens`"
_COUNT_RESPONSE = "`POST /v1/responses/input_tokens`, `model.count_tokens`"

ROUTES = {
    "GET /health": "`GET /health`",
    "GET /v1/health": "`GET /v1/health`",
    "GET /metrics": "`GET /metrics`",
    "GET /props": "`GET /props`, `model.info`, `model.settings`",
    "POST /props": _BEHIND,
    "GET /models": "`GET /v1/models`",
    "GET /v1/models": "`GET /v1/models`, `worker.models`",
    "GET /slots": "`GET /slots` without what others ask, `GET /models/status`",
    "POST /slots/:id_slot": "`session.save`, and kept by themselves (option `state_cache`)",
    "GET /tools": _CODE,
    "POST /tools": _CODE,
    "GET /cors-proxy": "left out: the engine has no network",
    "POST /cors-proxy": "left out: the engine has no network",
    "POST /completion": "`POST /completion`, `model.complete`",
    "POST /completions": "`POST /completion`, `model.complete`",
    "POST /v1/completions": "`POST /v1/completions`, `model.complete`",
    "POST /chat/completions": "`POST /v1/chat/completions`",
    "POST /v1/chat/completions": "`POST /v1/chat/completions`, `model.chat`, `session.prompt`",
    "POST /responses": "`POST /v1/responses`",
    "POST /v1/responses": "`POST /v1/responses`",
    "POST /v1/messages": "`POST /v1/messages`",
    "POST /infill": "`POST /infill`, `model.infill`",
    "POST /embedding": "`POST /embedding`, `model.embed`",
    "POST /embeddings": "`POST /embedding`, `model.embed`",
    "POST /v1/embeddings": "`POST /v1/embeddings`, `model.embed`",
    "POST /rerank": _RERANK,
    "POST /reranking": _RERANK,
    "POST /v1/rerank": _RERANK,
    "POST /v1/reranking": _RERANK,
    "POST /tokenize": "`POST /tokenize`, `model.tokenize`",
    "POST /detokenize": "`POST /detokenize`, `model.detokenize`",
    "POST /apply-template": "`POST /apply-template`, `model.render`",
    "POST /chat/completions/input_tokens": _COUNT,
    "POST /v1/chat/completions/input_tokens": _COUNT,
    "POST /responses/input_tokens": _COUNT_RESPONSE,
    "POST /v1/responses/input_tokens": _COUNT_RESPONSE,
    "POST /v1/messages/count_tokens": "`POST /v1/messages/count_tokens`",
    "GET /lora-adapters": "`loras` of `model.info`",
    "POST /lora-adapters": "each prompt says which it wants (option `lora`)",
    "POST /v1/systemone": "left out: decisions in a form are answers with a schema here",
    "POST /audio/transcriptions": "`POST /v1/audio/transcriptions`",
    "POST /v1/audio/transcriptions": "`POST /v1/audio/transcriptions`, `model.transcribe`",
    "POST /v1/chat/completions/control": "`operation.answer_now`",
    "GET /v1/stream": _STREAMS,
    "POST /v1/streams/lookup": _STREAMS,
    "DELETE /v1/stream": _STREAMS,
}
