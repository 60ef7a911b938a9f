"""Whose certificates are believed: those of the system's trust store, or of SSL_CERT_FILE and SSL_CERT_DIR."""

from __future__ import annotations

import os
import ssl
import sys

from ...errors import DownloadError

_VARIABLES = {"SSL_CERT_FILE": os.path.isfile, "SSL_CERT_DIR": os.path.isdir}


def trusted_certificates() -> ssl.SSLContext:
    """What connections are checked against. Raises DownloadError when a variable names what is not there, which OpenSSL
    would pass over in silence."""
    named = {name: os.environ[name] for name in _VARIABLES if os.environ.get(name)}
    for name, path in named.items():
        if not all(map(_VARIABLES[name], path.split(os.pathsep))):
            raise DownloadError(f"{name} is {path}, which is not there; set it to certificates in PEM form.")
    if not named and sys.platform in ("darwin", "win32"):
        try:
            import truststore  # the system's own check, which huggingface_hub 2 brings along
        except ImportError:
            pass
        else:
            return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return ssl.create_default_context()


def not_trusted(host: str, reason: str) -> DownloadError:
    """That nobody vouches for the certificate that was shown."""
    return DownloadError(
        f"The certificate of {host} is not trusted ({reason}); behind a proxy that opens connections set SSL_CERT_FILE "
        "to the certificate of its authority.",
        reason="network",
    )
