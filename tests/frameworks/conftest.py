"""The suites need frameworks that the daily tests do without: `python -m tests.frameworks` runs them."""

collect_ignore = ["suites"]
