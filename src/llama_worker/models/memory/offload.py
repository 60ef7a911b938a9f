"""How many layers of a model fit into what GPUs have free.

llama.cpp's own fit knows its buffers exactly, but the bundled engine cannot use it, and what main memory must hold has
to be known before any engine runs. Experts count with their layer, where llama.cpp's fit would leave some of them in
main memory and take more layers: as many bytes, placed otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from ..gguf.header import GgufHeader
from .estimate import PlanOptions, estimate


def layers_that_fit(
    header: GgufHeader,
    *,
    context_size: int,
    free_bytes: Sequence[int],
    margin_bytes: int,
    **options: Unpack[PlanOptions],
) -> int:
    """The most layers, counted from the output, which is one more, that leave `margin_bytes` free on each GPU.

    `free_bytes` is what each GPU has free now.
    """

    def fits(layers: int) -> bool:
        plan: PlanOptions = {**options, "gpu_layers": layers}
        needed = estimate(header, context_size=context_size, **plan)
        others = (len(free_bytes) - 1) * needed.compute_bytes  # each GPU has scratch of its own
        return needed.gpu_bytes + others <= sum(max(free - margin_bytes, 0) for free in free_bytes)

    fewest, most = 0, (header.block_count + 1 if free_bytes else 0)
    while fewest < most:
        middle = (fewest + most + 1) // 2
        fewest, most = (middle, most) if fits(middle) else (fewest, middle - 1)
    return fewest
