"""JSON schemas, as far as a wrong type in them would be met only when an answer is made of them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

TypeNames = Annotated[list[str], Meta(min_length=1)]


class Schema(Struct, rename="camel"):
    """A schema; true and false are schemas, too, but for the outermost one."""

    type: str | TypeNames | None = None
    properties: dict[str, Schema | bool] | None = None
    items: Schema | bool | list[Schema | bool] | None = None
    any_of: list[Schema | bool] | None = None
    one_of: list[Schema | bool] | None = None
    all_of: list[Schema | bool] | None = None
    definitions: dict[str, Schema | bool] | None = None
    defs: dict[str, Schema | bool] | None = field(default=None, name="$defs")
