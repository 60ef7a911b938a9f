"""BERT's tokenizer: whole words and pieces of them."""

from __future__ import annotations

from functools import lru_cache

from tests.families.sources import VOCABULARIES

from .. import gguf_file
from .tokenizer import Added, Tokenizer, template_processing, tokenizer_json

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


@lru_cache
def _words(small: bool) -> tuple[str, ...]:
    """The lines of vocab.txt."""
    if small:
        letters = "abcdefghijklmnopqrstuvwxyz0123456789.,!?'"
        return (*_SPECIAL, *letters, *(f"##{letter}" for letter in letters), "the", "##ing", "is")
    tokens = gguf_file.texts(gguf_file.read(VOCABULARIES / "bert-bge.gguf").keys["tokenizer.ggml.tokens"])
    return tuple(_line(text) for text in tokens)


def _line(text: str) -> str:
    """llama.cpp's vocabulary marks what begins a word, the file what goes on."""
    if text.startswith("▁"):
        return text[1:]
    return text if text.startswith("[") and text.endswith("]") and len(text) > 2 else f"##{text}"


@lru_cache
def bert(small: bool = False, *, padding: int = 0) -> Tokenizer:
    """That of bge and of most small embedders; some have an embedding with more rows than there are words."""
    words = _words(small)
    places = {text: place for place, text in enumerate(words)}
    added = tuple(Added(text, places[text]) for text in _SPECIAL)
    unknown, first, last = added[1], added[2], added[3]
    model = {
        "type": "WordPiece",
        "unk_token": unknown.text,
        "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100,
        "vocab": places,
    }
    normal = {"clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True}
    json = tokenizer_json(
        model,
        added,
        normalizer={"type": "BertNormalizer", **normal},
        pre_tokenizer={"type": "BertPreTokenizer"},
        post_processor=template_processing(first, last),
        decoder={"type": "WordPiece", "prefix": "##", "cleanup": True},
    )
    names = {"pad": 0, "unk": 1, "cls": 2, "sep": 3, "mask": 4}
    settings = {f"{name}_token": _SPECIAL[place] for name, place in names.items()} | {
        "clean_up_tokenization_spaces": True,
        "do_basic_tokenize": True,
        "do_lower_case": True,
        "model_max_length": 512,
        "never_split": None,
        "strip_accents": None,
        "tokenize_chinese_chars": True,
        "tokenizer_class": "BertTokenizer",
    }
    files = {"tokenizer.json": json, "vocab.txt": "\n".join(words).encode()}
    return Tokenizer(files, added, settings, len(words) + padding)
