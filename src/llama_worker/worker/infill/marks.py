"""The tokens between which a model was taught to fill a gap, under the names that families give them."""

from __future__ import annotations

from msgspec import Struct

from ...engine.api.endpoints import RequestSender, detokenize
from ...errors import NotSupportedError
from ...models.gguf.header import GgufHeader
from ..inert.guard import ContentGuard

# As llama.cpp finds them (`llama_vocab::impl::load`): by a number in the file, under its name of today or of before,
# else by what families call them.
_NAMES: dict[str, tuple[str, ...]] = {
    kind: tuple(names.split())
    for kind, names in {
        "prefix": """<|fim_prefix|> <fim-prefix> <fim_prefix> <｜fim▁begin｜> <PRE> ▁<PRE> <|code_prefix|> <|prefix|>
            <|plamo:fim_prefix|>""",  # noqa: RUF001
        "suffix": """<|fim_suffix|> <fim-suffix> <fim_suffix> <｜fim▁hole｜> <SUF> ▁<SUF> <|code_suffix|> <|suffix|>
            <|plamo:fim_suffix|>""",  # noqa: RUF001
        "middle": """<|fim_middle|> <fim-middle> <fim_middle> <｜fim▁end｜> <MID> ▁<MID> <|code_middle|> <|middle|>
            <|plamo:fim_middle|>""",  # noqa: RUF001
        "repository": "<|fim_repo|> <|repo_name|> <fim-repo> <REPO> <reponame>",
        "file": "<|file_sep|> <|plamo:file_separator|>",
    }.items()
}


class Mark(Struct, frozen=True):
    """One of them: its name, or its number where a file tells that."""

    name: str = ""
    number: int | None = None

    async def text(self, engine: RequestSender) -> str:
        """What the engine reads as this token."""
        return self.name if self.number is None else await detokenize(engine, [self.number])


class Marks(Struct, frozen=True):
    """Those of one model; a model may lack the two that stand before a repository's name and a file's."""

    prefix: Mark
    suffix: Mark
    middle: Mark
    repository: Mark | None = None
    file: Mark | None = None


def marks_of(header: GgufHeader, guard: ContentGuard, model: str) -> Marks:
    """Raises `NotSupportedError` for a model that was not taught to fill gaps."""

    def find(kind: str, *keys: str) -> Mark | None:
        for key in keys:
            if type(number := header.metadata.get(f"tokenizer.ggml.{key}_token_id")) is int:
                return Mark(number=number)
        return next((Mark(name) for name in _NAMES[kind] if guard.texts.find(name) == name), None)

    prefix = find("prefix", "fim_pre", "prefix")
    suffix = find("suffix", "fim_suf", "suffix")
    middle = find("middle", "fim_mid", "middle")
    if prefix is None or suffix is None or middle is None:
        raise NotSupportedError(
            f"{model} was not trained to fill in the middle: use a model for code that was, such as Qwen2.5-Coder.",
            model=model,
        )
    return Marks(prefix, suffix, middle, find("repository", "fim_rep"), find("file", "fim_sep"))
