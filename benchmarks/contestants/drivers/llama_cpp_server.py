"""llama-cpp-python's server, as its documentation uses it: `python -m llama_cpp.server --model ...`, OpenAI's routes.

`PEER_SERVER` is the Python that has it. Its own defaults are half of the cores for an answer and all of them for
a prompt. A request that comes while another one is streamed ends that one (`interrupt_requests`, on by default), so
several chats come one after another. It always goes on from what the last prompt had in common with this one: to have a
whole prompt computed, another prompt is asked for before, outside of the measured time. It counts no tokens of what it
streams: see `llama_cpp_python.py`.
"""

from __future__ import annotations

import os
import subprocess

from benchmarks.contestants.drivers.http_server import HttpServer
from benchmarks.contestants.drivers.lines import Fields, Stopwatch, serve

_PYTHON = os.environ["PEER_SERVER"]
_VERSION = "from importlib.metadata import version; print(version('llama-cpp-python'))"


class LlamaCppServer:
    """One server with one model."""

    def load(self, model: str, threads: int | None, context: int, sequences: int, embeddings: bool = False) -> Fields:
        more = [] if threads is None else ["--n_threads", str(threads), "--n_threads_batch", str(threads)]
        if embeddings:
            more += ["--embedding", "True"]
        command = [
            _PYTHON,
            "-m",
            "llama_cpp.server",
            "--model",
            model,
            "--n_ctx",
            str(context),
            "--port",
            "PORT",
            *more,
        ]
        self._server = HttpServer(command, "/v1/models")
        version = subprocess.run([_PYTHON, "-c", _VERSION], capture_output=True, text=True, check=True).stdout.strip()
        settings = {"threads": threads, "arguments": command[5:]}
        return {"versions": {"llama-cpp-python": version}, "settings": settings}

    def answer(self, prompt: str, tokens: int, cached: bool) -> Fields:
        if not cached:
            self._server.ask("/v1/completions", {"prompt": "0", "max_tokens": 1})
        told = self._streamed(Stopwatch(), "/v1/completions", {"prompt": prompt}, tokens)
        return told | {"promptTokens": self._server.ask("/extras/tokenize/count", {"input": prompt})["count"]}

    def chats(self, prompts: list[str], tokens: int) -> list[Fields]:
        watches = [Stopwatch() for _ in prompts]  # all are asked for now
        bodies = [{"messages": [{"role": "user", "content": prompt}]} for prompt in prompts]
        return [
            self._streamed(watch, "/v1/chat/completions", body, tokens)
            for watch, body in zip(watches, bodies, strict=True)
        ]

    def embed(self, texts: list[str]) -> None:
        self._server.ask("/v1/embeddings", {"input": texts})

    def close(self) -> None:
        self._server.close()

    def _streamed(self, watch: Stopwatch, path: str, body: Fields, tokens: int) -> Fields:
        count, reason = 0, None
        for event in self._server.stream(path, body | {"max_tokens": tokens, "temperature": 0}):
            choice = event["choices"][0]
            text = choice["text"] if "text" in choice else choice["delta"].get("content")
            watch.hear(text)
            count += bool(text)
            reason = choice["finish_reason"] or reason
        return watch.read(tokens if reason == "length" else count)


if __name__ == "__main__":
    serve(LlamaCppServer())
