"""Compare our rendering and tokenization with the engine's, on conversations of the world and on odd text.

python -m training.check --run build/builtin --model src/llama_worker/assets/builtin.gguf
"""

import argparse
from pathlib import Path

from tokenizers import Tokenizer

from training import tokenizer as bpe
from training.engine import Engine
from training.render import render
from training.world import Conversation, conversations

ODD = [
    "naïve café — “quotes” … 日本語 🦙🚀 \u0000 \t tabs\n\n\nlines   spaces  ",
    "don't WON'T I'LL we're {'a': [1, 2.5e-3]} <b>x</b> 1234567890 R$ 1.234,56 ção ÀÉÎÕÜ",
    "  leading\r\nwindows\r\n  x",
]


def compare(engine: Engine, tokenizer: Tokenizer, conversation: Conversation) -> None:
    """Raise AssertionError where the two differ; a closing answer is left out, as the engine would continue it."""
    messages = conversation.messages[:-1]
    ours = render(messages, conversation.tools, add_generation_prompt=True)
    theirs = engine.post("/apply-template", {"messages": messages, "tools": conversation.tools or []})["prompt"]
    assert ours == theirs, f"rendered {ours!r}, the engine {theirs!r}"
    tokens = engine.post("/tokenize", {"content": ours, "parse_special": True})["tokens"]
    assert tokenizer.encode(ours).ids == tokens, f"other tokens for {ours!r}"


def check(model: Path, run: Path, count: int) -> None:
    tokenizer = bpe.load(run / "tokenizer.json")
    with Engine(model) as engine:
        for text in ODD:
            ids = engine.post("/tokenize", {"content": text})["tokens"]
            assert tokenizer.encode(text).ids == ids, text
            assert engine.post("/detokenize", {"tokens": ids})["content"] == text
        for conversation in conversations(99, count):
            compare(engine, tokenizer, conversation)
    print(f"{count} conversations and {len(ODD)} odd texts: same text, same tokens")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("src/llama_worker/assets/builtin.gguf"))
    parser.add_argument("--run", type=Path, default=Path("build/builtin"))
    parser.add_argument("--count", type=int, default=500)
    arguments = parser.parse_args()
    check(arguments.model, arguments.run, arguments.count)


if __name__ == "__main__":
    main()
