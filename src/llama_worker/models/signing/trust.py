"""Whose signatures are believed."""

from __future__ import annotations

from importlib.util import find_spec

from msgspec import Struct

from ...errors import InvalidOptionsError, MissingPackageError
from ...options import LlamaOptions
from ...options.plain import expanded

_PACKAGES = {"model_signing": "model-signing", "OpenSSL": "pyOpenSSL"}


class Trust(Struct, frozen=True, kw_only=True):
    """One public key, or one identity whose certificate that `issuer` has asked for; paths are absolute."""

    key: str = ""
    identity: str = ""
    issuer: str = ""
    trust_config: str = ""

    @property
    def shown(self) -> str:
        return self.key or f"{self.identity} ({self.issuer})"


def trust_of(options: LlamaOptions) -> Trust:
    """What the options of a worker say. Raises `InvalidOptionsError` when they name nobody, `MissingPackageError` when
    the extra `signing` is not installed, and OSError for a path in the home directory of nobody."""
    if not (options.signature_key or options.signature_identity):
        message = "Nobody's signatures are trusted: set signature_key, or signature_identity with signature_issuer."
        raise InvalidOptionsError(message, path="signature_key")
    if missing := [package for module, package in _PACKAGES.items() if find_spec(module) is None]:
        needed = " and ".join(missing)
        raise MissingPackageError(f'Verifying signatures needs {needed}: pip install "llama-worker[signing]".')
    return Trust(
        key=_absolute(options.signature_key),
        identity=options.signature_identity or "",
        issuer=options.signature_issuer or "",
        trust_config=_absolute(options.signature_trust_config),
    )


def _absolute(path: str | None) -> str:
    return str(expanded(path).absolute()) if path else ""
