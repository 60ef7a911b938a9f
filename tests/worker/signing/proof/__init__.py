"""Signatures with the real `model-signing`, in an environment of their own: `python -m tests.worker.signing.proof`."""
