"""Fetch what the families are made of."""

from __future__ import annotations

from tests.families.sources import fetch

fetch()
