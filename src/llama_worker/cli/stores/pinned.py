"""Models of a lock, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from ...messages.stored import ImportedModel, PinnedModel
from ..output.figures import size_text
from ..output.tables import print_table


def print_pinned(models: Sequence[PinnedModel | ImportedModel]) -> None:
    """Their names, sizes, licences, and what brings these very files."""
    rows = [[model.name, size_text(model.size_bytes), model.license, model.source] for model in models]
    print_table({"NAME": "left", "SIZE": "right", "LICENCE": "left", "PINNED": "left"}, rows)
