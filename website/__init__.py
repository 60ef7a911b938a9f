"""The documentation as a site: `make docs` builds it, `make docs-serve` shows it while it is written."""
