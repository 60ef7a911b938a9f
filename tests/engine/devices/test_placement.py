"""What went where is read from the engine's log."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from llama_worker.engine.devices.placement import Placement, PlacementReader
from llama_worker.engine.process.log_tail import LogTail
from llama_worker.messages.values import DeviceMemory

MIB = 1 << 20
# The lines of llama.cpp with the values of a machine with two GPUs; the formats are those of its source.
LOG = """\
0.00.010.974 I load_tensors: offloading output layer to GPU
0.00.010.974 I load_tensors: offloading 31 repeating layers to GPU
0.00.010.974 I load_tensors: offloaded 32/33 layers to GPU
0.00.010.974 I load_tensors:   CPU_Mapped model buffer size =   102.54 MiB
0.00.010.974 I load_tensors:        CUDA0 model buffer size =  2000.50 MiB
0.00.010.974 I load_tensors:        CUDA1 model buffer size =  1000.00 MiB
0.00.012.198 I llama_context:  CUDA_Host  output buffer size =     0.01 MiB
0.00.012.288 I llama_kv_cache:      CUDA0 KV buffer size =   100.00 MiB
0.00.012.288 I llama_kv_cache:      CUDA0 KV buffer size =    28.00 MiB
0.00.012.288 I llama_memory_recurrent:      CUDA1 RS buffer size =     2.25 MiB
0.00.014.960 I sched_reserve:      CUDA0 compute buffer size =   300.00 MiB
0.00.014.960 I sched_reserve:      CUDA0 compute buffer size =   256.00 MiB
0.00.020.000 I load_tensors: offloaded 3/3 layers to GPU
"""


def read(log: str) -> Placement:
    reader = PlacementReader()
    tail = LogTail(lines=2, on_line=reader.take)
    tail.feed(log.encode())
    return reader.placement()


def test_layers_and_buffers_are_told() -> None:
    placement = read(LOG)
    assert (placement.gpu_layers, placement.layers) == (32, 33)
    assert placement.memory == (
        DeviceMemory("CPU_Mapped", model_bytes=round(102.54 * MIB)),
        DeviceMemory("CUDA0", 2000 * MIB + MIB // 2, 128 * MIB, 256 * MIB),
        DeviceMemory("CUDA1", 1000 * MIB, 2 * MIB + MIB // 4),
    )


def test_an_engine_that_knows_of_no_gpu_says_nothing_of_layers() -> None:
    placement = read("0.00.010.974 I load_tensors:   CPU_Mapped model buffer size =     5.82 MiB\n")
    assert (placement.gpu_layers, len(placement.memory)) == (None, 1)


def test_who_waits_gets_what_comes_meanwhile_and_never_waits_for_ever() -> None:
    reader = PlacementReader()
    assert reader.wait(0.0) == Placement()
    writer = threading.Timer(0.05, reader.take, ["load_tensors: offloaded 0/9 layers to GPU"])
    writer.start()
    assert reader.wait(60.0).layers == 9
    writer.join()


@given(st.text())
def test_no_line_can_break_it(line: str) -> None:
    PlacementReader().take(line)
