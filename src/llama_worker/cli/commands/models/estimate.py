"""`llama-worker estimate`: will it fit?"""

from __future__ import annotations

import asyncio
from typing import Any, get_args

import click
import msgspec

from ....config.groups import MODEL as MODEL_OPTIONS
from ....config.groups import WORKER, read_options, with_flags
from ....engine.defaults import SEQUENCES
from ....engine.devices.device import Devices
from ....messages import MemoryEstimate
from ....models.download.remote_header import find_header
from ....models.gguf.header import GgufHeader
from ....models.memory.available import AvailableMemory, available_memory
from ....models.memory.estimate import PlanOptions, largest_context_that_fits, tokens_of
from ....models.memory.estimate import estimate as estimate_memory
from ....models.names import parse_model_name
from ....options import CacheType, LlamaOptions, ModelOptions, build_options
from ....worker.companions.companions import Companions, open_companions
from ....worker.library import Library
from ....worker.loading import memory_plan
from ....worker.planning.offload import in_main_memory, known_devices
from ...model_names import MODEL
from ...named_options import listing, named_options
from ...output.documents import print_json
from ...output.figures import size_text
from ...output.tables import print_table
from ...output.texts import say
from ...stores.configured import model_store

_GROUPS = (MODEL_OPTIONS, WORKER)
_CACHE_TYPES = click.Choice(get_args(CacheType))


class Answer(msgspec.Struct, rename="camel"):
    """What `--json` prints."""

    name: str
    estimate: MemoryEstimate
    available: AvailableMemory
    fits: bool
    largest_context_size: int


@click.command(cls=listing(_GROUPS))
@click.argument("model", type=MODEL)
@click.option(
    "--context-size", type=click.IntRange(min=1), metavar="TOKENS", help="For each sequence.  [default: as load_model]"
)
@click.option("--kv-unified", is_flag=True, help="One context for all sequences.")
@click.option(
    "--sequences",
    type=click.IntRange(min=1),
    help=f"Contexts at the same time.  [default: {SEQUENCES}]",
)
@click.option("--batch-size", type=click.IntRange(min=1), metavar="TOKENS", help="Prompt tokens at a time.")
@click.option("--cache-type", type=_CACHE_TYPES, help="Numbers in the KV cache.  [default: f16]")
@click.option(
    "--gpu-layers", type=click.IntRange(min=0), metavar="N", help="Layers on the GPU.  [default: as many as fit]"
)
@click.option("--no-flash-attention", is_flag=True, help="Without flash attention, which needs more.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@named_options
def estimate(
    model: str,
    context_size: int | None,
    kv_unified: bool,
    sequences: int | None,
    batch_size: int | None,
    cache_type: CacheType | None,
    gpu_layers: int | None,
    no_flash_attention: bool,
    as_json: bool,
    options: tuple[str, ...],
) -> int:
    """Estimate the memory that MODEL needs, against what is free; exit code 1 when it does not fit.

    Of a model that is not here only the header is fetched.
    """
    given = read_options(options, _GROUPS)
    flags = {
        "context_size": context_size,
        "kv_unified": kv_unified or None,
        "sequences": sequences,
        "batch_size": batch_size,
        "cache_type": cache_type,
        "gpu_layers": gpu_layers,
        "flash_attention": False if no_flash_attention else None,
    }
    llama = build_options(LlamaOptions, None, given[LlamaOptions])
    loading = build_options(ModelOptions, None, with_flags(given[ModelOptions], **flags))
    header, devices, beside = asyncio.run(_look_at(model, llama, loading))
    answer = _answer(model, header, memory_plan(header, llama, loading, devices, beside), devices)
    if as_json:
        print_json(answer)
    else:
        _print(answer)
    return 0 if answer.fits else 1


async def _look_at(model: str, llama: LlamaOptions, options: ModelOptions) -> tuple[GgufHeader, Devices, Companions]:
    name = parse_model_name(model)
    header = await find_header(model_store(), name)
    beside = await open_companions(Library(model_store()), name, options, header)
    return header, await known_devices(llama, options, None), beside


def _answer(model: str, header: GgufHeader, plan: dict[str, Any], devices: Devices) -> Answer:
    available = available_memory()
    there = in_main_memory(plan, devices)
    context_size = there.pop("context_size")
    needed = estimate_memory(header, context_size=context_size, **there)
    return Answer(
        name=model,
        estimate=estimate_memory(header, **plan),
        available=available,
        fits=needed.required_bytes <= available.available_bytes,
        largest_context_size=largest_context_that_fits(header, available.available_bytes, **there),
    )


def _print(answer: Answer) -> None:
    needed = answer.estimate
    rows = {
        "weights": needed.weights_bytes,
        "weights, repacked for the CPU": needed.repacked_bytes,
        f"KV cache, {_tokens(needed)}": needed.kv_cache_bytes,
        "compute": needed.compute_bytes,
        "process and vocabulary": needed.runtime_bytes,
        "loaded beside the model": needed.companion_bytes,
        "together": needed.total_bytes,
        "of that cannot be given back": needed.required_bytes,
        "on the GPU": needed.gpu_bytes,
        f"free ({answer.available.limited_by})": answer.available.available_bytes,
    }
    print_table({"MEMORY": "left", "SIZE": "right"}, [[name, size_text(size)] for name, size in rows.items() if size])
    click.echo()
    say(_verdict(answer))


def _tokens(needed: MemoryEstimate) -> str:
    return tokens_of(needed.context_size, PlanOptions(sequences=needed.sequences, kv_unified=needed.kv_unified))


def _verdict(answer: Answer) -> str:
    largest, whose = answer.largest_context_size, "together" if answer.estimate.kv_unified else "for each sequence"
    if answer.fits:
        return f"It fits; {largest} tokens {whose} would fit too."
    if largest:
        return f"It does not fit; {largest} tokens {whose} would."
    return "It does not fit with any context: choose a smaller quantization or model."
