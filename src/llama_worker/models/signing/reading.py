"""Verifies a signature with the package `model-signing`; nothing else imports it. In a process of its own only, as the
package prints to standard output, may ask the network, and takes a second and 100 MB of memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec import Struct

from .manifest import ALGORITHMS, SignedPart
from .trust import Trust

_LONGEST_REASON = 300
_LARGEST_BYTES = 64 << 20
_NO_KEY = "it is no public key of an elliptic curve (P-256, P-384 or P-521), as PEM"
_NO_CONFIG = "it is no ClientTrustConfig of Sigstore"
_NO_SIGNATURE = "it is no signature of the kind that was asked for"


class Question(Struct, frozen=True):
    """What does `signature` name, if it is of somebody who is trusted?"""

    signature: str
    trust: Trust


class Verified(Struct, frozen=True, tag=True):
    """It is theirs, and names these."""

    parts: tuple[SignedPart, ...]


class Refused(Struct, frozen=True, tag=True):
    """It is not, or nobody can tell, and why; `option` is the one that is wrong, when one is."""

    why: str
    option: str = ""


class _Taker:
    """In place of a configuration for hashing, and of what was hashed: takes what was signed, and agrees.

    `Config.verify` compares a folder with all that was signed, of which only a few files may be here; what the
    signature has is in this comparison, after it was verified.
    """

    signed: Any = None

    def add_ignored_paths(self, *, model_path: object, paths: object) -> None:
        pass

    def hash(self, model_path: object, *, files_to_hash: object = None) -> _Taker:
        return self

    def __eq__(self, signed: object) -> bool:
        self.signed = signed
        return True

    __hash__ = object.__hash__


def answer(question: Question) -> Verified | Refused:
    """Never raises: whatever the package raises means that the signature is not believed."""
    from model_signing.verifying import Config

    trust, taker, signature = question.trust, _Taker(), Path(question.signature)
    try:
        config = _configured(Config(), trust)
    except Exception as error:
        option = "signature_key" if trust.key else "signature_trust_config" if trust.trust_config else ""
        no_key = bool(trust.key) and isinstance(error, ValueError)
        return Refused(_NO_KEY if no_key else _said(error, _NO_KEY if trust.key else _NO_CONFIG), option)
    try:
        if signature.stat().st_size > _LARGEST_BYTES:
            return Refused(f"it has more than {_LARGEST_BYTES} bytes")
        config.set_hashing_config(taker).verify(signature.parent, signature)
        return _named(taker.signed)
    except Exception as error:
        return Refused(_said(error, _NO_SIGNATURE))


def _configured(config: Any, trust: Trust) -> Any:
    if trust.key:
        return config.use_elliptic_key_verifier(public_key=trust.key)
    trusted = Path(trust.trust_config) if trust.trust_config else None
    return config.use_sigstore_verifier(identity=trust.identity, oidc_issuer=trust.issuer, trust_config=trusted)


def _named(signed: Any) -> Verified | Refused:
    pieces = signed.serialization_type["method"] == "shards"
    parts = tuple(_part(descriptor, pieces) for descriptor in signed.resource_descriptors())
    if unknown := {part.algorithm for part in parts} - ALGORITHMS:
        return Refused(f"it has digests of {', '.join(sorted(unknown))}, which nobody here can compute")
    return Verified(parts)


def _part(descriptor: Any, pieces: bool) -> SignedPart:
    algorithm, digest = descriptor.digest.algorithm.partition("-sharded-")[0], descriptor.digest.digest_hex
    if not pieces:
        return SignedPart(descriptor.identifier, algorithm, digest)
    path, start, end = descriptor.identifier.rsplit(":", 2)
    return SignedPart(path, algorithm, digest, int(start), int(end))


def _said(error: Exception, unfit: str) -> str:
    """The package's own words, where it has any for people; `unfit` when it stumbled over something else."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}"
    match type(error).__name__:
        case "InvalidSignature":
            return "it was made with another key, or changed since"
        case "TUFError":
            return "Sigstore's keys cannot be fetched; name a file that has them as signature_trust_config"
        case (
            "AttributeError"
            | "IndexError"
            | "InvalidBundle"
            | "JSONDecodeError"
            | "KeyError"
            | "ValidationError"
            | "TypeError"
        ):
            return unfit
    text = " ".join(str(error).split()) or type(error).__name__
    return text.rstrip(".")[:_LONGEST_REASON]
