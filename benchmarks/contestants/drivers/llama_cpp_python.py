"""llama-cpp-python, as its README uses it: `Llama(...)` in this process, `create_completion(stream=True)` and
`create_chat_completion(stream=True)`, read in a loop.

It computes one answer at a time: a `Llama` has one state and no lock, and its documentation has no way of asking for
several at once. So several chats come one after another, each with its first token after those before it, and a
`Llama` is given the context of one. Its own defaults are half of the cores for an answer and all of them for a prompt;
equal threads are `n_threads` and `n_threads_batch`. `n_batch` stays 512.

It always goes on from the tokens that the last prompt had in common with this one, and does not tell how many;
`reset()` drops them. `temperature=0` is its greedy sampler. An end token could be forbidden by `logit_bias` only, which
runs through all logits in Python for each token: an answer may end early here. It does not count what it streams: as
many tokens as were asked for when it ended for its length, else the pieces that came.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import llama_cpp

from benchmarks.contestants.drivers.lines import Fields, Stopwatch, serve


class LlamaCppPython:
    """One `Llama`."""

    def load(self, model: str, threads: int | None, context: int, sequences: int, embeddings: bool = False) -> Fields:
        chosen: dict[str, Any] = {} if threads is None else {"n_threads": threads, "n_threads_batch": threads}
        if embeddings:
            chosen |= {"embedding": True, "pooling_type": llama_cpp.LLAMA_POOLING_TYPE_LAST}
        self._llama = llama_cpp.Llama(model_path=model, n_ctx=context, verbose=False, **chosen)
        settings = {
            "threads": self._llama.n_threads,
            "threadsBatch": self._llama.n_threads_batch,
            "batchSize": self._llama.n_batch,
            "sequences": 1,
        }
        return {"versions": {"llama-cpp-python": version("llama-cpp-python")}, "settings": settings}

    def answer(self, prompt: str, tokens: int, cached: bool) -> Fields:
        if not cached:
            self._llama.reset()
        watch = Stopwatch()
        stream = self._llama.create_completion(prompt, max_tokens=tokens, temperature=0, stream=True)
        generated = _heard(watch, ((choice["text"], choice) for choice in _choices(stream)), tokens)
        return watch.read(generated) | {"promptTokens": len(self._llama.tokenize(prompt.encode(), special=True))}

    def chats(self, prompts: list[str], tokens: int) -> list[Fields]:
        watches = [Stopwatch() for _ in prompts]  # all are asked for now
        return [self._chat(watch, prompt, tokens) for watch, prompt in zip(watches, prompts, strict=True)]

    def _chat(self, watch: Stopwatch, prompt: str, tokens: int) -> Fields:
        messages = [{"role": "user", "content": prompt}]
        stream = self._llama.create_chat_completion(messages, max_tokens=tokens, temperature=0, stream=True)
        generated = _heard(watch, ((choice["delta"].get("content"), choice) for choice in _choices(stream)), tokens)
        return watch.read(generated)

    def embed(self, texts: list[str]) -> None:
        self._llama.embed(texts)

    def lateness(self, prompts: list[str], tokens: int) -> Fields:
        """Its documentation has no call for an event loop: each stream is read there as elsewhere, and gives the loop a
        turn after each piece, which is more than it shows. One after another, as there is one state."""
        import asyncio  # which the library does not need: imported before, it would count as its start

        from benchmarks.contestants.drivers.beat import lateness

        return asyncio.run(lateness(self._streams(prompts, tokens)))

    async def _streams(self, prompts: list[str], tokens: int) -> None:
        import asyncio

        for prompt in prompts:
            messages = [{"role": "user", "content": prompt}]
            for _ in self._llama.create_chat_completion(messages, max_tokens=tokens, temperature=0, stream=True):
                await asyncio.sleep(0)

    def close(self) -> None:
        """Ends with the process."""


def _choices(stream: Any) -> Iterator[Fields]:
    for chunk in stream:
        yield chunk["choices"][0]


def _heard(watch: Stopwatch, pieces: Iterator[tuple[str | None, Fields]], limit: int) -> int:
    """How many tokens came."""
    count, reason = 0, None
    for text, choice in pieces:
        watch.hear(text)
        count += bool(text)
        reason = choice["finish_reason"]
    return limit if reason == "length" else count


if __name__ == "__main__":
    serve(LlamaCppPython())
