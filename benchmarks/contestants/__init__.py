"""How each library is asked: one small program each, which is a process of its own and speaks JSON lines.

`table.py` names them, `process.py` runs one, `python -m benchmarks.contestants` (`make bench-peers`) sets up what the
peers need. Each request is one line, and so is its answer; an error is `{"error": "one sentence"}`.

    {"do": "load", "model": path, "threads": n or null, "context": n, "sequences": n, "embeddings": bool}
        -> {"seconds", "versions": {...}, "settings": {...}}
    {"do": "answer", "prompt": text, "tokens": n, "cached": bool}
        -> {"firstByte", "firstToken", "total", "tokens", "promptTokens", "cachedTokens"}
    {"do": "chats", "prompts": [text...], "tokens": n}
        -> {"total", "each": [{"firstToken", "total", "tokens"}...]}
    {"do": "embed", "texts": [text...]} -> {"total"}
    {"do": "lateness", "prompts": [text...], "tokens": n} -> {"late", "latest"}    (llama-cpp-python only)
    {"do": "quit"} -> {}

`threads` null is the library's own default. `context` is in tokens for each of the `sequences`, which are computed at
once where the library can. Times are seconds from the request on: `firstToken` that of the first text, `firstByte` that
of the first sign of life which the library lets its caller see. Answers are greedy. `cached` false computes the whole
prompt; `cachedTokens` is null where the library does not tell. `tokens` is what was generated: an answer may only end
early where the library cannot be told otherwise without slowing it down.
"""
