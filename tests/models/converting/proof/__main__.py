"""Install what conversion is proven with, and fetch llama.cpp's converter and vocabularies."""

from __future__ import annotations

from tests.families.sources import fetch
from tests.models.converting.proof.environment import install
from tests.models.converting.proof.tokenizers.ranks import fetch_ranks

fetch()
fetch_ranks()
install()
