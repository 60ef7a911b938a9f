"""Signatures with the real package `model-signing`, in an environment of their own: `python -m tests.worker.signing.proof`."""
