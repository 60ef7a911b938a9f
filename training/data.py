"""Training data on disk: every conversation of the world as tokens, and which of them the assistant says.

python -m training.data --seed 7 --conversations 290000 --first 6000 --run build/builtin
"""

import argparse
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from training import tokenizer as bpe
from training.render import IM_END, IM_START, render
from training.world import Conversation, conversations, copying

TOKENIZER_SAMPLE = 12000
CONVERSATIONS = 290_000


def text_of(conversation: Conversation) -> str:
    return render(conversation.messages, conversation.tools)


def learn_tokenizer(seed: int, path: Path) -> Tokenizer:
    """Merges from a sample that no seed of the training data repeats."""
    sample = conversations(seed + 1_000_000, TOKENIZER_SAMPLE)
    tokenizer = bpe.train(text_of(c).replace(IM_START, "").replace(IM_END, "") for c in sample)
    tokenizer.save(str(path))
    return tokenizer


def encode(tokenizer: Tokenizer, batch: list[Conversation]) -> Iterator[tuple[list[int], list[bool]]]:
    header = tokenizer.encode(f"{IM_START}assistant\n").ids
    end = bpe.token_id(tokenizer, IM_END)
    for encoding in tokenizer.encode_batch([text_of(c) for c in batch]):
        yield encoding.ids, bpe.answer_mask(encoding.ids, header, end)


def write(seed: int, count: int, first: int, run: Path) -> None:
    """One .npz file: `tokens`, `wanted` (the assistant's), `starts` (first token of each conversation).

    The `first` conversations do nothing but copy; training goes through them before the rest.
    """
    run.mkdir(parents=True, exist_ok=True)
    tokenizer = learn_tokenizer(seed, run / "tokenizer.json")
    tokens: list[np.ndarray] = []
    wanted: list[np.ndarray] = []
    batch: list[Conversation] = []
    for number, conversation in enumerate(chain(copying(seed, first), conversations(seed, count)), 1):
        batch.append(conversation)
        if len(batch) == 1000 or number == first + count:
            for ids, mask in encode(tokenizer, batch):
                tokens.append(np.array(ids, dtype=np.uint16))
                wanted.append(np.array(mask))
            batch = []
    starts = np.cumsum([0] + [len(t) for t in tokens])
    np.savez(run / "data.npz", tokens=np.concatenate(tokens), wanted=np.concatenate(wanted), starts=starts, first=first)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--conversations", type=int, default=CONVERSATIONS)
    parser.add_argument("--first", type=int, default=6000, help="conversations of mere copying before those")
    parser.add_argument("--run", type=Path, default=Path("build/builtin"))
    arguments = parser.parse_args()
    began = time.monotonic()
    write(arguments.seed, arguments.conversations, arguments.first, arguments.run)
    data = np.load(arguments.run / "data.npz")
    print(
        f"{len(data['starts']) - 1} conversations, {len(data['tokens'])} tokens, "
        f"{int(data['wanted'].sum())} of them the assistant's, {time.monotonic() - began:.0f} s"
    )


if __name__ == "__main__":
    main()
