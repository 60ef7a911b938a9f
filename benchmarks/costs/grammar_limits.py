"""How long grammars, schemas and biases keep the engine busy, by size: what `structured/limits/` is from.

`python -m benchmarks.costs.grammar_limits [SHAPE...]` asks the engine itself, past all checks. For each shape and size:
seconds until the first token, and seconds that the engine still works for a sender that left at once, which no abort
shortens. A shape is grown until one of them is more than 10 or the engine dies.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from tests.gguf_factory import write_gguf

from llama_worker import LlamaWorker, Model, errors

VOCABULARY = 32_000
LONGEST = 10.0
QUIET = 0.2
CHAT, COMPLETION = "/v1/chat/completions", "/completion"
Body = dict[str, Any]


def grammar(text: str) -> Body:
    return {"grammar": text}


def schema(value: Any) -> Body:
    return {"json_schema": value}


def nested(depth: int) -> Body:
    return grammar("root ::= " + "(" * depth + '"a"' + ")" * depth)


def alternatives(count: int) -> Body:
    return grammar("root ::= " + " | ".join(f'"word{index}"' for index in range(count)))


def overlapping(count: int) -> Body:
    """The same letter in many ways, again and again."""
    return grammar("root ::= (" + " | ".join('"a"' for _ in range(count)) + ")*")


def optional_twice(count: int) -> Body:
    return grammar(f'root ::= x{{0,{count}}}\nx ::= "a"?')


def rules(count: int) -> Body:
    return grammar("root ::= r0\n" + "".join(f"r{i} ::= r{i + 1}\n" for i in range(count)) + f'r{count} ::= "a"')


def forks(count: int) -> Body:
    """Each rule begins with the next in two ways."""
    text = "".join(f"r{i} ::= r{i + 1} | r{i + 1}\n" for i in range(count))
    return grammar(f'root ::= r0\n{text}r{count} ::= "a"')


def repeated_text(length: int) -> Body:
    return grammar(f'root ::= "{"a" * length}"{{1999}}')


def repetitions(count: int) -> Body:
    return grammar("root ::= " + " ".join('"a"{0,1999}' for _ in range(count)))


def text_bytes(count: int) -> Body:
    return grammar(f'root ::= "{"a" * count}"')


def doubling(count: int) -> Body:
    """Each letter doubles what the engine keeps in mind."""
    return grammar('root ::= "a" root "b" | "a" root "c" | "a"') | {"max_tokens": count}


def enum(count: int) -> Body:
    return schema({"enum": [f"word{index}" for index in range(count)]})


def enum_bytes(count: int) -> Body:
    return schema({"const": "a" * count})


def properties(count: int) -> Body:
    return schema({"type": "object", "properties": {f"p{index}": {"type": "integer"} for index in range(count)}})


def required(count: int) -> Body:
    names = [f"p{index}" for index in range(count)]
    return schema({"type": "object", "properties": {name: {"type": "integer"} for name in names}, "required": names})


def any_of(count: int) -> Body:
    """In a list, so that all alternatives come again."""
    items = {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 1000 + index} for index in range(count)]}
    return schema({"type": "array", "items": items})


def deep_objects(depth: int) -> Body:
    value: Any = {"type": "integer"}
    for _ in range(depth):
        value = {"type": "object", "properties": {"a": value}, "required": ["a"]}
    return schema(value)


def max_length(count: int) -> Body:
    return schema({"type": "string", "maxLength": count})


def min_items(count: int) -> Body:
    return schema({"type": "array", "items": {"type": "integer"}, "minItems": count, "maxItems": count})


def many_lengths(count: int) -> Body:
    names = {f"p{index}": {"type": "string", "maxLength": 1000 + index} for index in range(count)}
    return schema({"type": "object", "properties": names, "required": list(names)})


def pattern(depth: int) -> Body:
    """The letter a, up to 20 times, up to 20 times, and so on."""
    return schema({"type": "string", "pattern": "^" + "(" * depth + "a" + "{0,20})" * depth + "$"})


def pattern_length(count: int) -> Body:
    return schema({"type": "string", "pattern": "^" + "[ab]" * count + "$"})


def one_of(count: int) -> Body:
    return schema({"oneOf": [{"type": "integer", "minimum": index, "maximum": 9 + index} for index in range(count)]})


def all_of(count: int) -> Body:
    """All of some lists of three alternatives."""
    lists = [{"anyOf": [{"type": "integer", "minimum": i + j} for j in range(3)]} for i in range(count)]
    return schema({"allOf": lists})


def multiple_of(count: int) -> Body:
    return schema({"type": "integer", "multipleOf": count})


def wide_range(digits: int) -> Body:
    return schema({"type": "number", "minimum": -(10.0**digits), "maximum": 10.0**digits})


def long_name(count: int) -> Body:
    return schema({"type": "object", "properties": {"_" * count: {}}, "additionalProperties": True})


def definition_forks(count: int) -> Body:
    """Each definition is the next in two ways; the last leads back to the first."""
    return schema(forking(count, "anyOf"))


def merged_forks(count: int) -> Body:
    """As many, all of which apply."""
    return schema(forking(count, "allOf"))


def forking(count: int, keyword: str) -> Any:
    definitions: dict[str, Any] = {f"d{i}": {keyword: [{"$ref": f"#/$defs/d{i + 1}"}] * 2} for i in range(count)}
    definitions[f"d{count}"] = {"type": "object", "properties": {"a": {"$ref": "#/$defs/d0"}}}
    return {"$ref": "#/$defs/d0", "$defs": definitions}


def long_reference(count: int) -> Body:
    return schema({"$ref": "#/$defs/" + "_" * count, "$defs": {"_" * count: {"type": "integer"}}})


def nothing_repeated(count: int) -> Body:
    return schema({"type": "string", "pattern": "^" + "*" * count + "$"})


def unread(count: int) -> Body:
    return schema({"type": "string", "pattern": "^" + "(" * count + "$"})


def bias_by_name(count: int) -> Body:
    return {"logit_bias": {str(index): 0.5 for index in range(count)}}


def bias_of_words(count: int) -> Body:
    return {"logit_bias": [[f"word {index}", 0.5] for index in range(count)]}


def bias(count: int) -> Body:
    return {"logit_bias": [[index % VOCABULARY, 0.5] for index in range(count)]}


def distinct_bias(count: int) -> Body:
    return bias(min(count, VOCABULARY))


def tools(count: int) -> Body:
    parameters = {"type": "object", "properties": {"x": {"type": "integer"}, "y": {"type": "string"}}}
    listed = [{"type": "function", "function": {"name": f"f{i}", "parameters": parameters}} for i in range(count)]
    return {"tools": listed, "tool_choice": "required"}


SHAPES: dict[Callable[[int], Body], tuple[int, ...]] = {
    nested: (200, 1_000, 12_000, 25_000),
    alternatives: (1_000, 3_000, 10_000, 30_000, 100_000),
    overlapping: (30, 100, 300, 1_000),
    optional_twice: (30, 100, 300, 1_000),
    rules: (300, 1_000, 3_000, 10_000, 30_000, 100_000),
    forks: (10, 16, 20, 24, 28),
    repeated_text: (30, 300, 3_000, 30_000),
    repetitions: (3, 10, 30, 100, 300),
    text_bytes: (10_000, 100_000, 1_000_000),
    doubling: (8, 16, 24),
    enum: (1_000, 3_000, 10_000, 20_000),
    enum_bytes: (1_000, 10_000, 100_000),
    properties: (50, 100, 200, 400, 800),
    required: (50, 200, 800, 3_200),
    any_of: (30, 100, 300, 1_000),
    deep_objects: (30, 60, 100, 300),
    max_length: (1_000, 1_900, 10_000, 1_000_000),
    min_items: (100, 1_000, 1_900, 10_000),
    many_lengths: (10, 30, 100, 300),
    pattern: (1, 2, 3, 4),
    pattern_length: (100, 1_000, 10_000),
    distinct_bias: (300, 1_000, 3_000, 10_000, 32_000),
    one_of: (30, 100, 300, 1_000),
    all_of: (3, 6, 9, 12, 15),
    multiple_of: (7, 1_003, 100_003, 10_000_019),
    wide_range: (3, 18, 100, 300),
    long_name: (256, 2_000, 20_000, 100_000),
    definition_forks: (10, 16, 20, 24, 28),
    merged_forks: (10, 16, 20, 24, 28),
    long_reference: (256, 2_000, 20_000, 200_000),
    nothing_repeated: (1,),
    unread: (100, 1_000, 10_000, 30_000, 100_000),
    bias_by_name: (300, 1_000, 3_000, 10_000, 30_000, 100_000),
    bias_of_words: (300, 1_000, 3_000, 10_000, 30_000, 100_000),
    bias: (3_000, 30_000, 100_000),
    tools: (10, 30, 100, 300),
}


async def main(names: list[str]) -> None:
    print(f"{'shape':16} {'size':>8} {'door':12} {'first token':>12} {'still busy':>12}")
    with tempfile.TemporaryDirectory() as folder:
        path = write_gguf(Path(folder) / "random.gguf", vocab_size=VOCABULARY)
        for shape, sizes in SHAPES.items():
            if not names or shape.__name__ in names:
                await grow(path, shape, sizes)


async def grow(path: Path, shape: Callable[[int], Body], sizes: tuple[int, ...]) -> None:
    for door in (CHAT,) if shape is tools else (CHAT, COMPLETION):
        for size in sizes:
            first, busy = await measure(path, door, shape(size))
            print(f"{shape.__name__:16} {size:8} {door.rpartition('/')[2]:12} {first:>12} {busy:>12}", flush=True)
            if not busy.endswith(" s") or max(float(busy[:-2]), float(first[:-2])) > LONGEST:
                break


async def measure(path: Path, door: str, body: Body) -> tuple[str, str]:
    """With an engine of its own, because it may not survive."""
    about = {"messages": [{"role": "user", "content": "Hello!"}]} if door == CHAT else {"prompt": "Hello"}
    async with LlamaWorker() as worker:
        model = await worker.load_model(path, sequences=2)
        try:
            async with asyncio.timeout(3 * LONGEST):
                busy = await seconds_busy(model, door, about | {"max_tokens": 8} | body)
                first = await seconds_to_first(model, door, about | {"max_tokens": 8} | body)
        except TimeoutError:
            return "", f"> {3 * LONGEST:.0f}"
        except errors.EngineDiedError as error:
            return "", f"died {error.signal or error.exit_code}"
        except errors.LlamaWorkerError as error:
            return error.message[:60].replace("\n", " "), "refused"
    return f"{first:.2f} s", f"{busy:.2f} s"


async def seconds_to_first(model: Model, door: str, body: Body) -> float:
    begun = time.perf_counter()
    async with model.runtime.stream_bytes(door, body, owner="sender") as data:
        async for part in data:
            if b"prompt_progress" not in part and b'"content"' in part:
                break
    return time.perf_counter() - begun


async def seconds_busy(model: Model, door: str, body: Body) -> float:
    """A sender that leaves after a moment; how long the engine's processor time then grows."""
    assert model.runtime.pid is not None
    engine = psutil.Process(model.runtime.pid)
    asking = asyncio.create_task(seconds_to_first(model, door, body))
    await asyncio.wait([asking], timeout=0.1)
    asking.cancel()
    await asyncio.wait([asking])
    if not asking.cancelled() and (error := asking.exception()):
        raise error
    begun = time.perf_counter()
    while await works(engine):
        pass
    return max(0.0, time.perf_counter() - begun - QUIET)


async def works(engine: psutil.Process) -> bool:
    try:
        before = sum(engine.cpu_times()[:2])
        await asyncio.sleep(QUIET)
        return sum(engine.cpu_times()[:2]) - before > QUIET / 4
    except psutil.NoSuchProcess:
        return False


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
