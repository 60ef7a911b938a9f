"""Keys, and models that are signed with them as people sign them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from model_signing import hashing
from model_signing import signing as packages_signing


class Signer:
    """Somebody with a key; `public_key` is what others trust."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.public_key = folder / "key.pub"
        self._private_key = folder / "key.pem"
        key = ec.generate_private_key(ec.SECP256R1())
        private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        self._private_key.write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
        public = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        self.public_key.write_bytes(key.public_key().public_bytes(*public))

    def sign(self, model: Path, signature: Path, hashed: Callable[[Any], Any] = lambda config: config) -> Path:
        """Sign a folder, or a file, as `model_signing sign key` does; gives the signature."""
        config = hashed(hashing.Config()).set_ignored_paths(paths=[signature.name])
        signer = packages_signing.Config().use_elliptic_key_signer(private_key=self._private_key)
        signer.set_hashing_config(config).sign(model, signature)
        return signature
