"""What drafting gains: seconds that a token takes with `speculative="ngram"` against without, of text that repeats and
of text that does not, and in how many cases the text is the same. The engine's seconds on the processor, reading the
prompt included, tell the same on a machine that is busy with something else.

`python -m benchmarks.costs.speculation [ROUNDS] [MODEL]`: both in turns, so that whatever else the machine does hits
both; medians of the ratios. Without a model: the built-in one, which tells a story again or for the first time, and one
of 40 million random weights in F32, which writes what a grammar makes it repeat, or noise. The last line is of
`draft_model`, with one that is always right: the model's first two blocks of twelve, the others of which pass on what
they get.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.gguf_factory import write_gguf

from llama_worker import LlamaWorker, Model, ModelOptions, Reply
from llama_worker.models.gguf.inspect import read_header

TOKENS = 128
QUESTIONS = ("Tell me a story.", "Tell me a long story about a llama.", "Who are you?", "What is the sea?", "Hello!")
REFRAIN = 'root ::= ("the llama sang a song of salt; ")+'
NGRAM = ModelOptions(speculative="ngram")
NOISE = ("ships", "a hill", "once upon a time", "to be", "x = 1")


class Case(NamedTuple):
    messages: list[dict[str, str]]
    grammar: str | None = None


async def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print(f"{'with / without:':42}   time    CPU   same text   drafted  accepted  of tokens")
    with tempfile.TemporaryDirectory() as folder:
        talking = sys.argv[2] if len(sys.argv) > 2 else "builtin"
        async with both(talking) as (plain, drafting):
            first = [await plain.chat(asked(text), temperature=0, max_tokens=TOKENS) for text in QUESTIONS]
            again = [Case(repeated(text, reply)) for text, reply in zip(QUESTIONS, first, strict=True)]
            await compare(f"{talking}, an answer given again", plain, drafting, again, rounds)
            await compare(f"{talking}, a new answer", plain, drafting, [Case(asked(q)) for q in QUESTIONS], rounds)
        if len(sys.argv) <= 2:
            await random_weights(Path(folder) / "random.gguf", rounds)
            await perfect_draft(Path(folder), rounds)


async def random_weights(path: Path, rounds: int) -> None:
    make(path, 12)
    async with both(str(path)) as (plain, drafting):
        forced = [Case(asked(text), REFRAIN) for text in NOISE]
        await compare("40M weights, a refrain", plain, drafting, forced, rounds)
        await compare("40M weights, noise", plain, drafting, [Case(asked(text)) for text in NOISE], rounds)


async def perfect_draft(folder: Path, rounds: int) -> None:
    large, small = (make(folder / f"{blocks}.gguf", blocks) for blocks in (12, 2))
    silence(large, 2)
    async with both(str(large), ModelOptions(draft_model=str(small))) as (plain, drafting):
        cases = [Case(asked(text)) for text in NOISE]
        await compare("40M weights, a draft model that is right", plain, drafting, cases, rounds)


def make(path: Path, blocks: int) -> Path:
    """The weights that two of them have in common are the same."""
    return write_gguf(
        path, embedding_length=512, block_count=blocks, head_count=8, feed_forward_length=1536, endless=True
    )


def silence(path: Path, first: int) -> None:
    """Blocks from the `first` on add nothing to what they get."""
    header = read_header(path)
    with path.open("r+b") as file:
        for tensor in header.tensors:
            kind, _, rest = tensor.name.partition(".")
            if (
                kind == "blk"
                and int(rest.partition(".")[0]) >= first
                and rest.endswith(("output.weight", "down.weight"))
            ):
                file.seek(header.header_bytes + tensor.offset)
                file.write(bytes(tensor.size_bytes))


@asynccontextmanager
async def both(model: str, drafts: ModelOptions = NGRAM) -> AsyncIterator[tuple[Model, Model]]:
    async with LlamaWorker(state_cache=False) as one, LlamaWorker(state_cache=False) as other:
        plain = await one.load_model(model, context_size=2048, sequences=1)
        yield plain, await other.load_model(model, drafts, context_size=2048, sequences=1)


def asked(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def repeated(text: str, reply: Reply) -> list[dict[str, str]]:
    return [*asked(text), {"role": "assistant", "content": reply.text}, *asked(text)]


async def compare(name: str, plain: Model, drafting: Model, cases: list[Case], rounds: int) -> None:
    ratios: list[tuple[float, float]] = []
    same, counts = 0, [0, 0, 0]
    for _ in range(rounds):
        for case in cases:
            (one, cpu), (other, other_cpu) = await answer(plain, case), await answer(drafting, case)
            same += one.text == other.text
            ratios.append((per_token(other) / per_token(one), other_cpu / cpu))
            used = other.usage
            for index, count in enumerate((used.drafted_tokens, used.accepted_tokens, used.completion_tokens)):
                counts[index] += count
    drafted, accepted, tokens = counts
    time, cpu = (statistics.median(values) for values in zip(*ratios, strict=True))
    print(
        f"{name:42} {time:6.2f} {cpu:6.2f} {same:5} of {len(ratios):3} {drafted:9} {accepted:9} {tokens:10}", flush=True
    )


async def answer(model: Model, case: Case) -> tuple[Reply, float]:
    """And the seconds on the processor for each token of it."""
    before = processor_seconds(model)
    reply = await model.chat(case.messages, temperature=0, max_tokens=TOKENS, grammar=case.grammar)
    return reply, (processor_seconds(model) - before) / max(reply.usage.completion_tokens, 1)


def processor_seconds(model: Model) -> float:
    """Of the engine's threads so far, in nanoseconds as the scheduler counts them (Linux)."""
    tasks = Path(f"/proc/{model.pid}/task")
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9


def per_token(reply: Reply) -> float:
    """Seconds; an answer that went another way may have another length."""
    return reply.timings.completion_seconds / max(reply.usage.completion_tokens, 1)


if __name__ == "__main__":
    asyncio.run(main())
