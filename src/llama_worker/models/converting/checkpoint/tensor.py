"""Tensors on their way: a shape, and parts that are read and computed when they are written."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from ....errors import InvalidModelError
from .header import Stored

if TYPE_CHECKING:
    from .numbers import Array

_PART_ELEMENTS = 8 * 1024 * 1024
"""How much of a stored tensor is read at once: 32 MiB as float32."""

Shape = tuple[int, ...]


class Tensor:
    """A tensor that nobody has read yet. `dtype` is how the checkpoint stores it ("BF16", "F16", ...).

    `parts` gives it in pieces along its first axis, each of which is let go before the next is read. So does every
    tensor that is made of it, except by `as_whole`, which holds all of it in memory, as float32.
    """

    def __init__(self, shape: Shape, parts: Callable[[], Iterator[Array]], dtype: str = "F32") -> None:
        self.shape = shape
        self.parts = parts
        self.dtype = dtype

    @classmethod
    def stored(cls, stored: Stored) -> Tensor:
        """One of a checkpoint's."""
        return cls(stored.shape, lambda: _read(stored), stored.dtype)

    @classmethod
    def of(cls, values: Sequence[float]) -> Tensor:
        """A vector of float32 that no checkpoint has."""

        def parts() -> Iterator[Array]:
            import numpy as np

            yield np.array(values, np.float32)

        return cls((len(values),), parts)

    @classmethod
    def stack(cls, tensors: Sequence[Tensor]) -> Tensor:
        """Tensors of one shape as one with an axis more, its first: a layer's experts, say."""

        def parts() -> Iterator[Array]:
            for tensor in tensors:
                yield tensor.whole()[None]

        return cls((len(tensors), *tensors[0].shape), parts, tensors[0].dtype)

    def whole(self) -> Array:
        """All of it, in memory."""
        import numpy as np

        pieces = list(self.parts())
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    def by_part(self, change: Callable[[Array], Array], shape: Shape | None = None) -> Tensor:
        """Another one, each part of which `change` makes of a part of this one: what looks at no other row."""
        return Tensor(shape or self.shape, lambda: (change(part) for part in self.parts()), self.dtype)

    def as_whole(self, change: Callable[[Array], Array], shape: Shape | None = None) -> Tensor:
        """Another one, which `change` makes of all of this one."""
        return Tensor(shape or self.shape, lambda: iter((change(self.whole()),)), self.dtype)

    def rows(self, start: int, stop: int) -> Tensor:
        """The rows from `start` up to `stop`, along the first axis."""
        return self.as_whole(lambda array: array[start:stop], (stop - start, *self.shape[1:]))


def _read(stored: Stored) -> Iterator[Array]:
    import numpy as np

    from .numbers import decoded, stored_as

    row = math.prod(stored.shape[1:])
    rows = stored.shape[0] if stored.shape else 1
    step = max(1, _PART_ELEMENTS // max(1, row))
    with stored.file.open("rb") as file:
        file.seek(stored.offset)
        for start in range(0, max(1, rows), step):
            count = min(step, rows - start)
            raw = np.fromfile(file, stored_as(stored.dtype), count * row)
            if raw.size != count * row:
                raise InvalidModelError(f"{stored.file.name} has become shorter while it was read: begin again.")
            yield decoded(raw, stored.dtype).reshape((count, *stored.shape[1:]) if stored.shape else ())
