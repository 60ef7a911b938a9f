"""xllamacpp alone, as its README uses it: `Server(params)` in this process, and its Python calls with `stream` and a
callback for each chunk, which is its shortest way (HTTP to the same server costs about 25 microseconds a token more).

The server is thread-safe and batches what is asked at once, so several chats are as many threads. It is told the
context and the number of sequences as everybody is, `cpuparams.n_threads` when equal threads are compared, and
nothing else. xllamacpp's own default is as many threads as the processor has cores. `ignore_eos` and `cache_prompt`
are fields of llama.cpp's requests; its counts come in the `timings` of the last chunk.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import xllamacpp

from benchmarks.contestants.drivers.lines import Fields, Stopwatch, at_once, serve


class Bare:
    """llama.cpp's server in this process."""

    def load(self, model: str, threads: int | None, context: int, sequences: int, embeddings: bool = False) -> Fields:
        params = xllamacpp.CommonParams()
        params.model.path = model
        params.n_ctx = context * sequences
        params.n_parallel = sequences
        if threads is not None:
            params.cpuparams.n_threads = threads
            params.cpuparams_batch.n_threads = threads
        if embeddings:
            params.embedding = True
            params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_LAST
        self._server = xllamacpp.Server(params)
        settings = {
            "threads": params.cpuparams.n_threads,
            "threadsBatch": params.cpuparams_batch.n_threads,
            "batchSize": params.n_batch,
            "ubatchSize": params.n_ubatch,
        }
        return {"versions": {"xllamacpp": version("xllamacpp")}, "settings": settings}

    def answer(self, prompt: str, tokens: int, cached: bool) -> Fields:
        body = {"prompt": prompt, "cache_prompt": cached}
        return _streamed(self._server.handle_completions, body, tokens, _text_of_completion)

    def chats(self, prompts: list[str], tokens: int) -> list[Fields]:
        def chat(prompt: str) -> Fields:
            body = {"messages": [{"role": "user", "content": prompt}]}
            return _streamed(self._server.handle_chat_completions, body, tokens, _text_of_chat)

        return at_once(chat, prompts)

    def embed(self, texts: list[str]) -> None:
        answer = self._server.handle_embeddings({"input": texts})
        if "data" not in answer:
            raise RuntimeError(f"The engine refused the request: {answer}")

    def close(self) -> None:
        """The server ends with the process."""


def _streamed(ask: Any, body: Fields, tokens: int, text_of: Any) -> Fields:
    """What one streamed call tells; a refusal comes as a chunk with a `code`, or an `error`."""
    watch, last = Stopwatch(), {}

    def hear(chunk: Fields) -> None:
        nonlocal last
        last = chunk
        watch.hear(text_of(chunk))

    ask(body | {"stream": True, "max_tokens": tokens, "temperature": 0, "ignore_eos": True}, hear)
    if "timings" not in last:
        raise RuntimeError(f"The engine refused the request: {last}")
    timings: dict[str, int] = last["timings"]
    cached = timings["cache_n"]
    return watch.read(timings["predicted_n"], timings["prompt_n"] + cached, cached)


def _text_of_completion(chunk: Fields) -> str:
    choices = chunk.get("choices")
    text: str = choices[0]["text"] if choices else ""
    return text


def _text_of_chat(chunk: Fields) -> str | None:
    choices = chunk.get("choices")
    text: str | None = choices[0]["delta"].get("content") if choices else None
    return text


if __name__ == "__main__":
    serve(Bare())
