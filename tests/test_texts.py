"""Every text and value that any public method takes: none that no engine could be sent gets past the call.

The methods are found by their signatures, so that the next one is found too: a parameter of a type that `POISONS` does
not know fails here.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, PromptOptions, options, sync
from llama_worker.errors import InvalidOptionsError, LlamaWorkerError, MediaNotSupportedError
from llama_worker.options.plain import MAX_DEPTH
from llama_worker.ports.client.bridge import LlamaWorkerBridge
from llama_worker.ports.client.in_process import in_process_port
from llama_worker.ports.client.stdio import stdio_port
from tests.gguf_factory import write_gguf
from tests.test_signatures import INSIDE, public

pytestmark = pytest.mark.timeout(120)
in_the_modules_loop = pytest.mark.asyncio(loop_scope="module")

HALF = "half \ud800 of a pair"
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
PENDING = [{"role": "user", "content": "a"}, {"role": "assistant", "content": None, "tool_calls": [CALL]}]


def deep(levels: int = 100_000) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def said(**fields: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": "a"}, {"role": "assistant", "content": "a", **fields}]


MAPPINGS = [{HALF: 1}, {"a": HALF}, {"a": [{"b": HALF}]}, {"a": {HALF: 1}}, {"a": deep()}, {"a": deep(MAX_DEPTH + 1)}]
MESSAGES = [
    [{"role": "user", "content": HALF}],
    said(content=HALF),
    said(name=HALF),
    said(reasoning_content=HALF),
    said(role="tool", tool_call_id=HALF),
    said(tool_calls=[{**CALL, "id": HALF}]),
    said(tool_calls=[{**CALL, "function": {"name": "f", "arguments": HALF}}]),
    said(tool_calls=[{**CALL, "function": {"name": "f", "arguments": "[" * 100_000 + "]" * 100_000}}]),
    said(tool_calls=[{**CALL, "more": deep()}]),
    said(**{HALF: 1}),
]
FUNCTIONS = [
    [{"name": HALF}],
    [{"name": "f", "description": HALF}],
    [{"name": "f", "parameters": {"description": HALF}}],
    [{"name": "f", "parameters": {"items": deep()}}],
    {HALF: {"description": "a"}},
    {"f": {"description": HALF}},
]
CHAIN = {f"d{at}": {"$ref": f"#/$defs/d{at + 1}"} for at in range(5000)}
# What is handed in for each type that a parameter has, by a part of how it is written.
POISONS: list[tuple[str, list[Any]]] = [
    (r"Iterable\[Mapping", MESSAGES),
    (r"TypeForm", [*MAPPINGS, {"$ref": "#/$defs/d0", "$defs": CHAIN}]),
    (r"(Mapping|dict)\[str, Any\]", MAPPINGS),
    (r"Iterable\[ModelReference\]", [[HALF]]),
    (r"Mapping\[str, float\]", [{HALF: 0.5}]),
    (r"Mapping\[Any", [{HALF: 0.5}, [(HALF, 0.5)], {"a": deep()}]),
    (r"list\[str\]", [[HALF], ["a", HALF], deep()]),
    (r"Sequence\[str\b", [[HALF], ["a", HALF]]),
    (r"Sequence\[tuple\[str, str\]\]", [[(HALF, "a")], [("a", HALF)]]),
    (r"^Content$", [HALF, [{"type": "text", "text": HALF}], [{"type": "image_url", "image_url": {"url": HALF}}]]),
    (r"^Sound$", [HALF, Path(HALF), {"data": HALF}]),
    (r"PathLike|^ModelReference\b", [Path(HALF)]),
    (r"\bFunctions\b", FUNCTIONS),
    (r"\bPromptOptions\b", [PromptOptions(system_prompt=HALF), PromptOptions(json_schema={"a": deep()})]),
    (r"\bSessionOptions\b", [options.SessionOptions(system_prompt=HALF)]),
    (r"\bLlamaOptions\b", [options.LlamaOptions(engine=HALF)]),
    (r"\bLiteral\b|^Site$", [HALF]),
    (r"^str\b|\| str\b", [HALF]),
]
WITHOUT_TEXT = re.compile(
    r"^((bool|int|float|None|Callable.*|(list|tuple|Sequence)\[(int|float)(, \.\.\.)?\]"
    r"|Approval|Strategy|(Context|Model)Options)( \| )?)+$"
)
# They look for what is there and find nothing.
LOOKUPS = {"find_model", "unload_model", "operation", "abort", "abort_download"}
USUAL: dict[str, Any] = {
    "text": "a",
    "prompt": "a",
    "content": "a",
    "messages": said(),
    "name": "hf:a/b:Q8_0",
    "model_path": "builtin",
    "path": "saved",
    "session_id": "kept",
    "results": {"c": 1},
    "tokens": [1],
    "texts": ["a"],
    "query": "a",
    "documents": ["a"],
    "prefix": "a",
    "suffix": "a",
    "audio": b"RIFF",
    "event": "info",
    "callback": print,
    "operation_id": "o",
    "source": "nowhere",
    "target": "nowhere.gguf",
    "other_path": "builtin",
    "names": ["builtin"],
    "days": 1.0,
    "model": "builtin",
}


def poisons(annotation: Any) -> list[Any]:
    """What to hand in for a parameter. Fails for a type that this table was not told about."""
    text = str(annotation).strip("'\"")
    found = [value for part, values in POISONS if re.search(part, text) for value in values]
    assert found or WITHOUT_TEXT.match(text), f"POISONS does not know {text}"
    return found


def cases(method: Callable[..., Any]) -> Iterator[tuple[str, list[Any], dict[str, Any]]]:
    """Calls of a method with one thing wrong: the parameter that it is about, and the arguments."""
    parameters = [
        one for one in inspect.signature(method).parameters.values() if one.name not in ("self", "on_progress")
    ]
    for wrong in parameters:
        for value in poisons(wrong.annotation):
            given = {wrong.name: value}
            needed = {one.name: USUAL[one.name] for one in parameters if one.default is one.empty}
            values = needed | given
            positional = [one for one in parameters if one.kind is one.POSITIONAL_ONLY]
            before = [one.name for one in positional if one.name in values or "options" in values]
            yield wrong.name, [values.pop(name, None) for name in before], values


def methods(kind: type) -> list[str]:
    return sorted(name for name in public(kind) - INSIDE if inspect.isfunction(getattr(kind, name)))


async def finished(outcome: Any) -> Any:
    return await outcome if inspect.isawaitable(outcome) else outcome


def complaint(name: str, parameter: str, error: BaseException | None) -> str | None:
    """What is wrong with how a call ended."""
    if isinstance(error, InvalidOptionsError) and error.path:
        error.message.encode()  # it can be printed and sent
        error.path.encode()
        return None
    if isinstance(error, MediaNotSupportedError):
        return None  # the model hears nothing, whatever it is given
    if name in LOOKUPS and (error is None or isinstance(error, LlamaWorkerError)):
        return None
    return f"{name}({parameter}): {type(error).__name__}"


async def check(thing: Any) -> None:
    """Every method of `thing` with everything that it must refuse."""
    misses = []
    for name in methods(type(thing)):
        for parameter, positional, keywords in cases(getattr(type(thing), name)):
            error: BaseException | None = None
            try:
                await finished(getattr(thing, name)(*positional, **keywords))
            except Exception as raised:
                error = raised
            misses.append(complaint(name, parameter, error))
    assert misses
    assert not [miss for miss in misses if miss]


@pytest.fixture(scope="module")
def noise_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(tmp_path_factory.mktemp("noise") / "noise.gguf", plain_text=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["here", "in_process", "stdio"])
async def door(request: pytest.FixtureRequest, noise_path: Path) -> AsyncIterator[Any]:
    """A worker with everything that has methods: a model, a context, a session in which a call waits."""
    makes: dict[str, Callable[[], Any]] = {
        "here": LlamaWorker,
        "in_process": lambda: LlamaWorkerBridge(in_process_port(LlamaWorker())),
        "stdio": lambda: LlamaWorkerBridge(stdio_port()),
    }
    async with makes[request.param]() as worker:
        await worker.load_model(noise_path, context_size=512, sequences=1)
        await worker.create_context()
        (await worker.initialize_session()).set_chat_history(PENDING)
        yield worker


@in_the_modules_loop
async def test_of_a_worker(door: Any) -> None:
    await check(door)


@in_the_modules_loop
async def test_of_a_model(door: Any) -> None:
    await check(door.models[0])


@in_the_modules_loop
async def test_of_a_context(door: Any) -> None:
    await check(await door.create_context())


@in_the_modules_loop
async def test_of_a_session(door: Any) -> None:
    session = await (await door.create_context()).create_session()
    session.set_chat_history(PENDING)
    await check(session)
    assert session.get_chat_history() == PENDING


def test_without_async(noise_path: Path) -> None:
    """The twins hand on what they are given; a `Path` or a mapping of a surrogate does not stop their thread."""
    with sync.LlamaWorker() as worker:
        model = worker.load_model(noise_path, context_size=512, sequences=1)
        for wrong in (HALF, {"modelPath": HALF}, Path(HALF)):
            with pytest.raises(InvalidOptionsError):
                worker.load_model(wrong)
        with pytest.raises(InvalidOptionsError):
            model.create_session(system_prompt=HALF)
        with pytest.raises(InvalidOptionsError):
            model.complete(HALF)


def test_what_is_not_nested_too_deep_is_taken() -> None:
    """As deep as is said, and not one level less."""
    options.build_options(PromptOptions, None, {"engine_options": {"a": deep(MAX_DEPTH - 1)}})
    with pytest.raises(InvalidOptionsError, match=f"deeper than {MAX_DEPTH}"):
        options.build_options(PromptOptions, None, {"engine_options": {"a": deep(MAX_DEPTH)}})


def test_the_path_leads_to_the_text() -> None:
    with pytest.raises(InvalidOptionsError) as raised:
        options.build_options(PromptOptions, None, {"json_schema": {"anyOf": [{}, {"const": HALF}]}})
    assert raised.value.path == "json_schema.anyOf[1].const"
