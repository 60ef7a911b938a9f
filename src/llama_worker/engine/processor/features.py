"""What the processor can do, and what of it a build of the engine leaves unused.

Linux only: elsewhere nobody tells by a file, and on macOS the engine's wheel is built for the processor.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

_CPU_INFO = Path("/proc/cpuinfo")
# What llama.cpp's build for one processor uses, by its name for it, and what Linux calls the same.
_FLAGS = {
    "AVX2": "avx2",
    "FMA": "fma",
    "F16C": "f16c",
    "BMI2": "bmi2",
    "AVX_VNNI": "avx_vnni",
    "AVX512": "avx512f",
    "AVX512_VBMI": "avx512_vbmi",
    "AVX512_VNNI": "avx512_vnni",
    "AVX512_BF16": "avx512_bf16",
    "AMX_INT8": "amx_int8",
    "DOTPROD": "asimddp",
    "FP16_VA": "asimdhp",
    "MATMUL_INT8": "i8mm",
    "SVE": "sve",
    "SME": "sme",
}
# docs/guide/native-engine.md has the figures.
_MEASURED, _FACTOR = "AVX512_VNNI", "1.4 to 1.5 times as fast on an AMD EPYC (Zen 4)"
NEEDED = ("AVX2", "FMA", "F16C", "BMI2")
"""What the bundled engine's wheel for x86-64 cannot do without."""


def processor_features() -> frozenset[str]:
    """What this processor has, in llama.cpp's words; empty where nobody tells."""
    flags = _flags()
    return frozenset(name for name, flag in _FLAGS.items() if flag in flags)


def _flags() -> set[str]:
    """Of the first core: what is missing in one of several kinds of core, the system tells of none."""
    try:
        lines = _CPU_INFO.read_text().splitlines()
    except OSError:
        return set()
    told = [line.partition(":")[2] for line in lines if line.partition(":")[0].strip() in ("flags", "Features")]
    return set(told[0].split()) if told else set()


def unused_features(built_for: Collection[str]) -> tuple[str, ...]:
    """What this processor has and a build does not use, which names what it was built for."""
    have = processor_features()
    return tuple(name for name in _FLAGS if name in have and name not in built_for)


def worth(unused: Collection[str]) -> str:
    """What a build for this processor would bring, as far as it has been measured, on some other machine."""
    if _MEASURED in unused:
        return f"with {_MEASURED} one has read prompts {_FACTOR}, and written answers hardly faster"
    return "what one would bring has not been measured on such a processor"
