"""The suite needs a package that the daily tests do without: `python -m tests.worker.signing.proof` runs it."""

collect_ignore = ["suite"]
