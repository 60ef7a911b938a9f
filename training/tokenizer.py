"""A byte-level BPE tokenizer: single digits, any UTF-8, and names that are spelled alike wherever they stand.

llama.cpp's `qwen2` splitting rule joins a space to the word behind it. Merges are learned here on a finer split, in
which a space is joined to lowercase words only. A capitalised word is therefore the same tokens after a space, a quote
or a bracket, which makes copying names into answers, JSON and tool calls much easier for a small model to learn.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from training.render import CONTROL, MARKERS

VOCABULARY = 2048

QWEN2_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LEARNING_SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)| ?\p{Ll}+|\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+"


def _splitter(pattern: str) -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def train(texts: Iterable[str], vocabulary: int = VOCABULARY) -> Tokenizer:
    """Learn the merges from `texts`; control tokens and tool markers get their own ids first."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = _splitter(LEARNING_SPLIT)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[
            *(AddedToken(text, special=True) for text in CONTROL),
            *(AddedToken(text, special=False) for text in MARKERS),
        ],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.pre_tokenizer = _splitter(QWEN2_SPLIT)
    return tokenizer


def load(path: Path) -> Tokenizer:
    """Read a tokenizer that `train` wrote."""
    return Tokenizer.from_file(str(path))


def token_id(tokenizer: Tokenizer, token: str) -> int:
    """The id of a token that must be there."""
    found = tokenizer.token_to_id(token)
    assert found is not None, token
    return found


def merges(tokenizer: Tokenizer) -> list[str]:
    """The merge rules as GGUF wants them: 'left right', best first."""
    rules = json.loads(tokenizer.to_str())["model"]["merges"]
    return [rule if isinstance(rule, str) else " ".join(rule) for rule in rules]


def answer_mask(ids: list[int], header: list[int], end: int) -> list[bool]:
    """True for every token the assistant says: from behind its header up to and including the end token."""
    mask = [False] * len(ids)
    inside = False
    for position, token in enumerate(ids):
        if inside:
            mask[position] = True
            inside = token != end
        elif ids[position - len(header) + 1 : position + 1] == header:
            inside = True
    return mask
