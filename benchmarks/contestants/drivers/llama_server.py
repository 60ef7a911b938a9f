"""llama-server, as llama.cpp's documentation uses it: the program with a model, and OpenAI's routes over HTTP.

`PEER_SERVER` is the program. It is told the context and the number of sequences (`--ctx-size`, `--parallel`) as
everybody is, `--threads` when equal threads are compared, and nothing else. It batches what is asked at once, so
several chats are several connections. `ignore_eos`, which llama.cpp has for measuring, and `cache_prompt` are fields of
its requests; its counts come in the `timings` of the last event.
"""

from __future__ import annotations

import os
import subprocess

from benchmarks.contestants.drivers.http_server import HttpServer
from benchmarks.contestants.drivers.lines import Fields, Stopwatch, at_once, serve

_PROGRAM = os.environ["PEER_SERVER"]


class LlamaServer:
    """One server with one model."""

    def load(self, model: str, threads: int | None, context: int, sequences: int, embeddings: bool = False) -> Fields:
        sizes = ["--ctx-size", str(context * sequences), "--parallel", str(sequences)]
        more = [] if threads is None else ["--threads", str(threads)]
        if embeddings:
            more += ["--embeddings", "--pooling", "last"]
        command = [_PROGRAM, "--model", model, "--host", "127.0.0.1", "--port", "PORT", *sizes, *more]
        self._server = HttpServer(command, "/health")
        settings = {"threads": threads, "arguments": command[3:]}
        return {"versions": {"llama-server": _version()}, "settings": settings}

    def answer(self, prompt: str, tokens: int, cached: bool) -> Fields:
        return self._streamed("/v1/completions", {"prompt": prompt, "cache_prompt": cached}, tokens)

    def chats(self, prompts: list[str], tokens: int) -> list[Fields]:
        def chat(prompt: str) -> Fields:
            body = {"messages": [{"role": "user", "content": prompt}]}
            return self._streamed("/v1/chat/completions", body, tokens)

        return at_once(chat, prompts)

    def embed(self, texts: list[str]) -> None:
        self._server.ask("/v1/embeddings", {"input": texts})

    def close(self) -> None:
        self._server.close()

    def _streamed(self, path: str, body: Fields, tokens: int) -> Fields:
        watch, last = Stopwatch(), {}
        told = body | {"max_tokens": tokens, "temperature": 0, "ignore_eos": True}
        for event in self._server.stream(path, told):
            last = event
            watch.hear(_text(event))
        timings: dict[str, int] = last["timings"]
        cached = timings["cache_n"]
        return watch.read(timings["predicted_n"], timings["prompt_n"] + cached, cached)


def _text(event: Fields) -> str | None:
    choices = event.get("choices")
    if not choices:
        return None
    text: str | None = choices[0]["text"] if "text" in choices[0] else choices[0]["delta"].get("content")
    return text


def _version() -> str:
    told = subprocess.run([_PROGRAM, "--version"], capture_output=True, text=True, check=False)
    return (told.stdout + told.stderr).strip().partition("\n")[0]


if __name__ == "__main__":
    serve(LlamaServer())
