"""Whether models are signed by somebody who is trusted, and what is done when they are not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec.structs import replace

from ...errors import InvalidOptionsError, ModelNotSignedError
from ...loggers import MODELS
from ...messages.stored import ModelCheck
from ...models.names import BuiltinName
from ...models.signing.manifest import SignedPart, is_as_signed
from ...models.signing.places import NAME, SUFFIX, signature_of
from ...models.signing.reading import Question, Refused
from ...models.signing.trust import Trust, trust_of
from ...options import LlamaOptions
from .process import ask

_BUILTIN = str(BuiltinName())


async def admit(options: LlamaOptions, model: str, paths: Sequence[Path]) -> None:
    """Let files of a model pass, as `signatures` says. Raises `ModelNotSignedError`, `MissingPackageError`, and
    `InvalidOptionsError` for a key that is none."""
    trust = await asyncio.to_thread(trust_of, options)
    try:
        await Checking(trust).check(model, paths)
    except ModelNotSignedError as error:
        if options.signatures == "enforce":
            raise
        MODELS.warning("model %s: %s", model, error.message)


async def with_signatures(checks: Iterable[ModelCheck], trust: Trust, *, named: bool) -> list[ModelCheck]:
    """The same, with what their signatures say of each; of the built-in model, which has none, only if it was `named`.

    Raises `InvalidOptionsError` for a key that is none.
    """
    checking = Checking(trust)
    return [await _told(checking, check) if named or check.name != _BUILTIN else check for check in checks]


async def _told(checking: Checking, check: ModelCheck) -> ModelCheck:
    paths = [Path(file.path) for file in check.files]
    try:
        if paths:
            await checking.check(check.name, paths)
        return replace(check, signature="ok" if paths else None)
    except ModelNotSignedError as error:
        return replace(check, signature=error.reason, signature_problem=error.message)


def _is_as_signed(path: Path, parts: Sequence[SignedPart]) -> bool:
    try:
        return is_as_signed(path, parts)
    except OSError:  # it is gone, which is told as well
        return False


class Checking:
    """Files compared with their signatures, each of which is verified once."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._known: dict[Path, tuple[SignedPart, ...]] = {}

    async def check(self, model: str, paths: Iterable[Path]) -> None:
        """Raises `ModelNotSignedError` for the first file that is not signed."""
        for path in paths:
            await self._check(model, path)

    async def _check(self, model: str, path: Path) -> None:
        found = await asyncio.to_thread(signature_of, path)
        if found is None:
            where = f"there is no {path.name}{SUFFIX} or {NAME} with it, which `pull` brings where a repository has one"
            message = f"{path} has no signature: {where}."
            raise ModelNotSignedError(message, reason="missing", model=model)
        signature, name = found
        parts = [part for part in await self._named_by(signature, model) if part.path == name]
        if not parts:
            message = f"{path} is not signed: {signature} does not name it."
            raise ModelNotSignedError(message, reason="not_named", model=model)
        if not await asyncio.to_thread(_is_as_signed, path, parts):
            message = f"{path} is not what was signed: its bytes are others; pull it again."
            raise ModelNotSignedError(message, reason="changed", model=model)

    async def _named_by(self, signature: Path, model: str) -> tuple[SignedPart, ...]:
        if signature not in self._known:
            self._known[signature] = await self._verified(signature, model)
        return self._known[signature]

    async def _verified(self, signature: Path, model: str) -> tuple[SignedPart, ...]:
        told = await ask(Question(str(signature), self._trust))
        if not isinstance(told, Refused):
            return told.parts
        if told.option:
            message = f"Option {told.option!r} names nothing to verify signatures with: {told.why}."
            raise InvalidOptionsError(message, path=told.option)
        message = f"{signature} is not believed to be of {self._trust.shown}: {told.why}."
        raise ModelNotSignedError(message, reason="untrusted", model=model)
