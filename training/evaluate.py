"""Ask the exported model what it was not trained on, in the real engine, and count the right answers.

    python -m training.evaluate --model src/llama_worker/assets/builtin.gguf --out build/builtin/evaluation.md

An answer is right only if it says what the world says: the same words, the same JSON values, the same tool call. The
few questions to which the world has two answers accept either.
"""

import argparse
import json
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.cases import ABILITIES, Case, cases, seen_prompts
from training.data import CONVERSATIONS
from training.engine import Engine, EngineError
from training.render import Message


@dataclass
class Result:
    case: Case
    reply: Message
    right: bool


def _call(message: Message) -> tuple[str, Any] | None:
    calls = message.get("tool_calls") or []
    if len(calls) != 1:
        return None
    function = calls[0]["function"]
    return function["name"], _json(function["arguments"])


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def right(case: Case, reply: Message) -> bool:
    """Same call, same values or, for text, the same words."""
    if case.expected.get("tool_calls"):
        return _call(reply) == _call(case.expected)
    said, wanted = (reply.get("content") or "").strip(), case.expected["content"].strip()
    if case.ability.startswith("JSON"):
        return _json(said) is not None and _json(said) == _json(wanted)
    return said in (wanted, *case.also)


def replay(engine: Engine, case: Case, options: dict[str, Any]) -> Message:
    """The model's own answers up to the last question, or the world's for dialogues with tools."""
    shared = {"max_tokens": 700, **options, **({"tools": case.tools} if case.tools else {})}
    history: list[Message] = []
    for message in case.messages[:-1]:
        if message["role"] == "assistant" and case.live:
            message = engine.chat(history, **shared)["message"]
        history.append(message)
    reply: Message = engine.chat(history, **shared, **case.options)["message"]
    return reply


def evaluate(engine: Engine, asked: list[Case], options: dict[str, Any]) -> list[Result]:
    results = []
    for case in asked:
        try:
            reply = replay(engine, case, options)
        except EngineError as error:
            reply = {"role": "assistant", "content": str(error)}
        results.append(Result(case, reply, right(case, reply)))
    return results


def shares(results: list[Result]) -> dict[str, dict[str, float]]:
    """Percent right per ability, for both languages together and for each."""
    groups: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for one in results:
        for column in ("all", one.case.language):
            groups[one.case.ability][column].append(one.right)
    return {a: {c: 100 * sum(r) / len(r) for c, r in by.items()} | {"n": len(by["all"])} for a, by in groups.items()}


def table(runs: dict[str, dict[str, dict[str, float]]]) -> str:
    """Markdown: one row per ability, the first run in detail, the others beside it."""
    names = list(runs)
    lines = [
        "| ability | prompts | English | Portuguese | " + " | ".join(names) + " |",
        "|---|---|---|---|" + "---|" * len(names),
    ]
    first = runs[names[0]]
    for ability in ABILITIES:
        if ability in first:
            row = first[ability]
            both = [f"{row.get(code, float('nan')):.0f}" for code in ("en", "pt")]
            lines.append(
                f"| {ability} | {row['n']:.0f} | "
                + " | ".join(both + [f"{runs[name][ability]['all']:.0f}" for name in names])
                + " |"
            )
    return "\n".join(lines) + "\n"


def show_failures(results: list[Result], most: int) -> None:
    shown: dict[str, int] = defaultdict(int)
    for one in results:
        if not one.right and shown[one.case.ability] < most:
            shown[one.case.ability] += 1
            said = one.reply.get("tool_calls") or one.reply.get("content")
            wanted = one.case.expected.get("tool_calls") or one.case.expected["content"]
            context = " / ".join(str(m["content"])[:200] for m in one.case.messages[:-1])
            print(f"[{one.case.ability}] {context}\n   said   {str(said)[:300]}\n   wanted {str(wanted)[:300]}")


RUNS: dict[str, dict[str, Any]] = {
    "defaults": {"seed": 1}, "temperature 0": {"temperature": 0}, "temperature 0.8": {"temperature": 0.8, "seed": 1},
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=Path("src/llama_worker/assets/builtin.gguf"))
    parser.add_argument("--seed", type=int, default=7, help="of the training data that prompts must not occur in")
    parser.add_argument("--conversations", type=int, default=CONVERSATIONS, help="of that training data")
    parser.add_argument("--exclude", type=Path, default=None, help="a JSON list of further prompts to leave out")
    parser.add_argument("--per-ability", type=int, default=100)
    parser.add_argument("--runs", nargs="*", default=list(RUNS), choices=list(RUNS))
    parser.add_argument("--failures", type=int, default=3, help="how many to print per ability")
    parser.add_argument("--out", type=Path, default=None, help="write the table here, and .json beside it")
    arguments = parser.parse_args()
    seen = seen_prompts(arguments.seed, arguments.conversations)
    if arguments.exclude:
        seen |= set(json.loads(arguments.exclude.read_text()))
    asked = list(cases(1, arguments.per_ability, seen))
    runs: dict[str, dict[str, dict[str, float]]] = {}
    with Engine(arguments.model) as engine:
        for name in arguments.runs:
            began = time.monotonic()
            results = evaluate(engine, asked, RUNS[name])
            runs[name] = shares(results)
            print(f"{name}: {len(asked)} prompts, {time.monotonic() - began:.0f} s")
            if name == arguments.runs[0]:
                show_failures(results, arguments.failures)
    print(table(runs))
    if arguments.out:
        arguments.out.write_text(table(runs))
        arguments.out.with_suffix(".json").write_text(json.dumps(runs, indent=1))


if __name__ == "__main__":
    main()
