"""Names of models as they travel."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from ...errors import InvalidOptionsError
from ...models.names import ModelReference, parse_model_name


def sent(name: ModelReference) -> str:
    """Raises `InvalidOptionsError` for what can name no model."""
    parsed = parse_model_name(name)
    return str(parsed) if isinstance(name, Mapping) else os.fsdecode(name)


def sent_names(names: Iterable[ModelReference]) -> tuple[str, ...]:
    """The same for several; raises it for one name in their place, too."""
    if isinstance(names, str):
        raise InvalidOptionsError(f"Several models are named in a list: [{names!r}].", path="names")
    return tuple(map(sent, names))
