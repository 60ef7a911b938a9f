"""A stand-in for `llama-server`: the same command line, state lines and HTTP, and faults on demand.

The real engine is tested everywhere else; this one is for what the real one will not do when asked. The fault is
named in the environment variable FAKE_FAULT. It writes its arguments to FAKE_RECORD, if that is set.

It pretends to have the GPUs that FAKE_DEVICES lists in the words of `--list-devices`, and that as many layers fit there
as FAKE_FITTING says; more than FAKE_ROOM of them, or a margin below FAKE_TAKEN MiB, fail as an allocation in CUDA does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

FAULT = os.environ.get("FAKE_FAULT", "")
DEVICES = os.environ.get("FAKE_DEVICES", "")
LAYERS = 13
PREFIX = "cmd_child_to_router:state:"


def main() -> None:
    if "--list-devices" in sys.argv:
        list_devices()
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--ctx-size", type=int, default=0)
    parser.add_argument("--fit", default="off")
    parser.add_argument("--fit-target", type=int, default=1024)
    parser.add_argument("--n-gpu-layers", type=int)
    options, _ = parser.parse_known_args()
    if record := os.environ.get("FAKE_RECORD"):
        Path(record).write_text(json.dumps({"arguments": sys.argv[1:], "environment": dict(os.environ)}))
    if DEVICES:
        offload(options)
    load(options.ctx_size)
    asyncio.run(serve(options.host))


def list_devices() -> None:
    """As llama-server does, and how often it was asked."""
    if listed := os.environ.get("FAKE_LISTED"):
        with Path(listed).open("a") as file:
            file.write(f"{os.getpid()}\n")
    if FAULT.startswith("list:"):
        end(FAULT.removeprefix("list:"))
    print(f"Available devices:\n{DEVICES or '  (none)'}", flush=True)


def offload(options: argparse.Namespace) -> None:
    """What llama.cpp logs of the layers, unless their memory cannot be had."""
    fitting = int(os.environ.get("FAKE_FITTING", str(LAYERS)))
    layers = fitting if options.n_gpu_layers is None else min(options.n_gpu_layers, LAYERS)
    too_many = layers > int(os.environ.get("FAKE_ROOM", str(LAYERS)))
    if too_many or (options.fit == "on" and options.fit_target < int(os.environ.get("FAKE_TAKEN", "0"))):
        tell("E ggml_backend_cuda_buffer_type_alloc_buffer: cudaMalloc failed: out of memory")
        sys.exit(1)
    tell(f"I load_tensors: offloaded {layers}/{LAYERS} layers to GPU")
    tell("I load_tensors:   CPU_Mapped model buffer size =   100.50 MiB")
    if layers:
        tell("I load_tensors:        CUDA0 model buffer size =  4000.25 MiB")
        tell("I llama_kv_cache:      CUDA0 KV buffer size =   512.00 MiB")
        tell("I sched_reserve:      CUDA0 compute buffer size =   64.00 MiB")
        tell("I sched_reserve:  CUDA_Host compute buffer size =    8.00 MiB")


def tell(line: str) -> None:
    print(f"0.00.001.000 {line}", file=sys.stderr, flush=True)


def say(state: str, **payload: object) -> None:
    print(PREFIX + json.dumps({"state": state, "payload": payload}), flush=True)


def progress(value: float) -> None:
    say("loading", stages=["text_model"], current="text_model", value=value)


def load(context_size: int) -> None:
    """Loading, with whatever fault belongs to it."""
    step = float(os.environ.get("FAKE_STEP", "0.05"))
    if FAULT == "silent":
        time.sleep(600)
    if FAULT == "slow":
        for index in range(10):
            progress(index / 10)
            time.sleep(step)
    if FAULT == "stalls":
        progress(0.3)
        time.sleep(600)
    if FAULT == "refuses":
        print("0.00.001.000 E srv    load_model: failed to read the magic, 'file.gguf'", file=sys.stderr, flush=True)
        sys.exit(1)
    if FAULT.startswith("memory-for:") and context_size > int(FAULT.removeprefix("memory-for:")):
        print("llama_kv_cache: failed to allocate buffer for kv cache", file=sys.stderr, flush=True)
        sys.exit(1)
    if FAULT == "floods":
        sys.stderr.write("a line of the log that nobody reads\n" * 30_000)
    if FAULT == "garbage":
        sys.stdout.buffer.write(b"\xff\xfe garbage\n" + PREFIX.encode() + b"{not json\n" + b"x" * (3 << 20) + b"\n")
    if FAULT == "backwards":
        progress(0.6)
        progress(0.2)
    if FAULT.startswith("load:"):
        end(FAULT.removeprefix("load:"))
    progress(1.0)


def end(how: str) -> NoReturn:
    if how == "close-output":
        os.close(1)
        time.sleep(600)
    if how == "hangs":
        time.sleep(600)
    if how.isdigit():
        os._exit(int(how))
    os.kill(os.getpid(), signal.Signals[how])
    time.sleep(600)
    raise AssertionError


async def serve(path: str) -> None:
    server = await asyncio.start_unix_server(answer, path)
    say("ready", meta={"n_params": 7, "n_ctx": 512, "n_ctx_train": 512, "n_vocab": 3, "size": 11})
    loop = asyncio.get_running_loop()
    loop.add_reader(0, lambda: os.read(0, 4096) or os._exit(0))  # end of input: the parent is gone
    if FAULT == "idle:close-output":
        os.close(1)
    await server.serve_forever()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    await reader.readexactly(length)
    if FAULT == "hangs":
        await asyncio.sleep(600)
    if FAULT == "refuses-request":
        await finish(writer, b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    await event(writer, {"choices": [{"delta": {"content": "Hello"}}]})
    if FAULT == "half-frame":
        await send(writer, b'data: {"choices": [{"del')
        end("SIGKILL")
    if FAULT == "malformed":
        call = {"index": 0, "id": "abc", "function": {"name": "paint", "arguments": '{"colour'}}
        await event(writer, {"choices": [{"delta": {"tool_calls": [call]}}]})
        words = "The model produced output that does not match the expected peg-native format"
        await event(writer, {"error": {"code": 500, "message": words, "type": "server_error"}})
        await finish(writer, b"0\r\n\r\n")
    if FAULT == "ends-early":
        await finish(writer, b"0\r\n\r\n")
    if FAULT == "not-json":
        await send(writer, b"data: {oops\n\n")
    if FAULT == "falls-silent":
        while True:
            await send(writer, b":\n\n")
            await asyncio.sleep(0.02)
    if FAULT.startswith("stream:"):
        end(FAULT.removeprefix("stream:"))
    await event(writer, {"choices": [{"delta": {"content": " there"}}]})
    await event(writer, {"choices": [{"delta": {}, "finish_reason": "stop"}], "timings": {"predicted_n": 2}})
    await send(writer, b"data: [DONE]\n\n")
    await finish(writer, b"0\r\n\r\n")


async def event(writer: asyncio.StreamWriter, data: object) -> None:
    await send(writer, f"data: {json.dumps(data)}\n\n".encode())


async def send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    await writer.drain()


async def finish(writer: asyncio.StreamWriter, data: bytes) -> NoReturn:
    writer.write(data)
    await writer.drain()
    writer.close()
    raise asyncio.CancelledError


if __name__ == "__main__":
    main()
