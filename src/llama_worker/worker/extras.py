"""What a prompt may be given beside its options: things of Python's that no message can carry."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from .functions import Functions
from .toolbox import Approval


class Extras(Struct, frozen=True, kw_only=True):
    """`functions` the model may call; `response_format`, a type (or a JSON schema) that the answer becomes a value
    of; `approve`, asked before each call of a function."""

    functions: Functions | None = None
    response_format: Any = None
    approve: Approval | None = None

    def given(self) -> dict[str, Any]:
        """As keyword arguments, without those that are None."""
        return {name: value for name in self.__struct_fields__ if (value := getattr(self, name)) is not None}


def split_extras(changes: dict[str, Any]) -> tuple[Extras, dict[str, Any]]:
    """Keyword arguments as extras and the rest, which are options."""
    extras = {name: value for name, value in changes.items() if name in Extras.__struct_fields__}
    return Extras(**extras), {name: value for name, value in changes.items() if name not in extras}
