"""What it spares to keep what an engine has computed: time to the first token of a conversation that goes on after its
model was unloaded, and what keeping costs.

`python -m benchmarks.costs.kept_states [MODEL]`: with states and without take turns, so that whatever else the machine
does hits both; medians. Without a model one with random weights is made, of 27 million in 8 layers.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.gguf_factory import write_gguf

from llama_worker import ChatSession, LlamaWorker, Model

ROUNDS, TURNS = 3, 20
SENTENCE = "The llama of la li lo lu went to the sea. "
SIZES = (15, 50, 120)  # sentences


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else make(Path(folder) / "random.gguf")
        print("tokens   first token, read again / brought back (s)   unload without / with (s)   bytes a token")
        for size in SIZES:
            await compare(path, Path(folder) / str(size), SENTENCE * size)
        await report_ordinary_prompts(path, Path(folder) / "ordinary")


def make(path: Path) -> Path:
    return write_gguf(
        path,
        embedding_length=512,
        block_count=8,
        head_count=8,
        head_count_kv=4,
        feed_forward_length=1536,
        context_length=8192,
        plain_text=True,
    )


async def load(worker: LlamaWorker, path: Path) -> Model:
    return await worker.load_model(path, context_size=8192, sequences=1)


async def compare(path: Path, directory: Path, text: str) -> None:
    """One line of the table."""
    first: dict[bool, list[float]] = {False: [], True: []}
    unload: dict[bool, list[float]] = {False: [], True: []}
    tokens = 0
    for round_ in range(ROUNDS):
        for keeps in (False, True):
            place = directory / str(round_) if keeps else False
            async with LlamaWorker(state_cache=place) as worker:
                session, tokens, seconds = await converse(worker, path, text)
                unload[keeps].append(seconds)
                first[keeps].append(await first_token(await again(session, await load(worker, path))))
    size = max(file.stat().st_size for file in kept(directory / "0"))
    middle = [statistics.median(times[keeps]) for times in (first, unload) for keeps in (False, True)]
    print(f"{tokens:6}   {middle[0]:22.2f} / {middle[1]:.3f} {middle[2]:28.3f} / {middle[3]:.3f} {size / tokens:20.0f}")


def kept(directory: Path) -> list[Path]:
    return list(directory.glob("*/*.state"))


async def converse(worker: LlamaWorker, path: Path, text: str) -> tuple[ChatSession, int, float]:
    """A conversation of one turn, its length in tokens, and how long the unload took after it."""
    model = await load(worker, path)
    session = await model.create_session(system_prompt=text)
    reply = await session.prompt("Hello!", max_tokens=20, temperature=0)
    began = time.perf_counter()
    await model.unload()
    return session, reply.usage.total_tokens, time.perf_counter() - began


async def again(session: ChatSession, model: Model) -> ChatSession:
    other = await model.create_session()
    other.set_chat_history(session.get_chat_history())
    return other


async def first_token(session: ChatSession) -> float:
    began = time.perf_counter()
    async for _ in session.prompt("And then?", max_tokens=5, temperature=0):
        return time.perf_counter() - began
    raise AssertionError("no answer")


async def report_ordinary_prompts(path: Path, directory: Path) -> None:
    """Prompts for which nothing is brought back: with states off, on, and with 20 kept conversations of others."""
    async with LlamaWorker(state_cache=directory) as worker:
        model = await load(worker, path)
        for index in range(20):
            await model.complete(f"{index} {SENTENCE * 4}", max_tokens=1)
            await asyncio.sleep(1)  # so that it is kept
    others = len(kept(directory))
    times: dict[str, list[float]] = {}
    async with LlamaWorker(state_cache=False) as off, LlamaWorker() as on, LlamaWorker(state_cache=directory) as full:
        ways = {"off": off, "on": on, f"on, {others} others kept": full}
        sessions = {name: await talked(worker, path) for name, worker in ways.items()}
        for _ in range(TURNS):
            for name, session in sessions.items():
                times.setdefault(name, []).append(await first_token(session))
    for name, seconds in times.items():
        print(f"first token of a running conversation, states {name}: {statistics.median(seconds) * 1000:.1f} ms")


async def talked(worker: LlamaWorker, path: Path) -> ChatSession:
    session = await (await load(worker, path)).create_session(system_prompt=SENTENCE * 20)
    await first_token(session)
    return session


if __name__ == "__main__":
    asyncio.run(main())
