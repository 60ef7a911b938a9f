"""What all option Structs share.

Here, and in the files of these Structs, annotations are no texts (`from __future__ import annotations`): msgspec would
compile each of a hundred when it is first needed, which took 5 ms of the time to the first token.
"""

from typing import Annotated, Literal, TypeVar

from msgspec import Meta, Struct

Count = Annotated[int, Meta(ge=1, le=2**31 - 1)]
CountOrZero = Annotated[int, Meta(ge=0, le=2**31 - 1)]
ByteCount = Annotated[int, Meta(ge=1)]
BytesOrZero = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Seed = Annotated[int, Meta(ge=0, le=2**32 - 2)]
Fraction = Annotated[float, Meta(ge=0.0, le=1.0)]
Seconds = Annotated[float, Meta(gt=0.0)]
SecondsOrZero = Annotated[float, Meta(ge=0.0)]
StopSequence = Annotated[str, Meta(min_length=1)]
ReasoningEffort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
SpecialTokens = Literal["inert", "refuse", "allow"]
AdapterName = Annotated[str, Meta(min_length=1, max_length=64)]
AdapterScale = Annotated[float, Meta(ge=-100.0, le=100.0)]
FileName = Annotated[str, Meta(min_length=1, pattern=r"^[^\0]*$")]

Pooling = Literal["mean", "cls", "last", "rank"]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel", omit_defaults=True):
    """Base of all option Structs."""


OptionsType = TypeVar("OptionsType", bound=Options)
