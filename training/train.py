"""Train the model from a seed; stop and start again as often as you like.

python -m training.train --seed 7 --steps 9800 --run build/builtin [--resume]
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training import optimizer
from training.initial import initialise
from training.model import Llama, Shape

Pair = tuple[Tensor, Tensor]


class Conversations:
    """The data file, cut into batches of conversations of about equal length."""

    def __init__(self, path: Path, seed: int, context: int) -> None:
        stored = np.load(path)
        self.tokens, self.wanted, self.starts = stored["tokens"], stored["wanted"], stored["starts"]
        self.first = int(stored["first"])
        self.seed, self.context = seed, context

    def batches(self, tokens_per_batch: int) -> list[np.ndarray]:
        """Indices of conversations; a batch, padded, holds at most `tokens_per_batch` tokens (or one row)."""
        lengths = np.minimum(np.diff(self.starts), self.context)
        rng = np.random.default_rng(self.seed)
        early, late = rng.permutation(self.first), self.first + rng.permutation(len(lengths) - self.first)
        pools = [p for part in (early, late) for p in np.array_split(part, max(1, len(part) // 2000)) if len(p)]
        found: list[np.ndarray] = []
        for pool in pools:
            ordered = pool[np.argsort(lengths[pool], kind="stable")]
            chunks, first = [], 0
            for last in range(1, len(ordered) + 1):
                full = last == len(ordered) or (last + 1 - first) * lengths[ordered[last]] > tokens_per_batch
                if full:
                    chunks.append(ordered[first:last])
                    first = last
            found += [chunks[i] for i in rng.permutation(len(chunks))]
        return found

    def padded(self, rows: np.ndarray) -> Pair:
        """Token ids and mask of the assistant's tokens; padding is token 0, never wanted."""
        spans = [slice(self.starts[r], min(self.starts[r + 1], self.starts[r] + self.context)) for r in rows]
        width = max(s.stop - s.start for s in spans)
        ids = np.zeros((len(spans), width), dtype=np.int64)
        mask = np.zeros((len(spans), width), dtype=bool)
        for row, span in enumerate(spans):
            ids[row, : span.stop - span.start] = self.tokens[span]
            mask[row, : span.stop - span.start] = self.wanted[span]
        return torch.from_numpy(ids), torch.from_numpy(mask)


SCHEDULE = ((0.0, 1.0), (0.3, 1.0), (1.0, 0.0))
"""Share of the run, share of the peak learning rate; straight lines between. Copying becomes exact where it is low."""


def learning_rate(step: int, steps: int, peak: float, warmup: int = 60) -> float:
    """Rise, then follow `SCHEDULE`."""
    rise = min(1.0, (step + 1) / warmup)
    share = float(np.interp(step / steps, *zip(*SCHEDULE, strict=True)))
    return peak * rise * share


class Run:
    """Weights, their moving average, optimizers and the step: everything a checkpoint holds."""

    def __init__(self, shape: Shape, lr: float) -> None:
        self.model = Llama(shape)
        initialise(self.model)
        self.optimizers = optimizer.build(self.model, lr)
        self.average = {name: p.detach().clone() for name, p in self.model.named_parameters()}
        self.step = 0
        self.tokens = 0
        self.seconds = 0.0

    def save(self, path: Path) -> None:
        state = {
            "shape": asdict(self.model.shape),
            "model": self.model.state_dict(),
            "average": self.average,
            "optimizers": [o.state_dict() for o in self.optimizers],
            "step": self.step,
            "tokens": self.tokens,
            "seconds": self.seconds,
        }
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def load(self, path: Path) -> None:
        state = torch.load(path, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.average = state["average"]
        for one, stored in zip(self.optimizers, state["optimizers"], strict=True):
            one.load_state_dict(stored)
        self.step, self.tokens, self.seconds = state["step"], state["tokens"], state["seconds"]

    def advance(self, micro_batches: list[Pair], lr: float, keep: float) -> float:
        """One optimizer step; returns the mean loss per wanted token."""
        wanted = sum(int(mask[:, 1:].sum()) for _, mask in micro_batches)
        total = 0.0
        for ids, mask in micro_batches:
            loss = self.model.loss(ids, mask) / wanted
            loss.backward()  # type: ignore[no-untyped-call]
            total += float(loss.detach())
            self.tokens += ids.numel()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for one in self.optimizers:
            for group in one.param_groups:
                group["lr"] = lr * group["share"]
            one.step()
            one.zero_grad()
        self._blend(keep)
        self.step += 1
        return total

    @torch.no_grad()
    def _blend(self, keep: float) -> None:
        for name, weight in self.model.named_parameters():
            self.average[name].lerp_(weight, 1 - keep)


def grouped(batches: list[np.ndarray], size: int, skip: int) -> Iterator[list[np.ndarray]]:
    """Groups of `size` batches, for ever, from group number `skip` on."""
    groups = len(batches) // size
    while True:
        start = (skip % groups) * size
        yield batches[start : start + size]
        skip += 1


def train(arguments: argparse.Namespace) -> None:
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    shape = Shape()
    run = Run(shape, arguments.lr)
    checkpoint = arguments.run / "checkpoint.pt"
    if arguments.resume and checkpoint.exists():
        run.load(checkpoint)
    data = Conversations(arguments.run / "data.npz", arguments.seed, shape.context)
    batches = data.batches(arguments.batch // arguments.micro)
    last_save, recent = time.monotonic(), 0.0
    for group in grouped(batches, arguments.micro, run.step):
        if run.step >= arguments.steps:
            break
        began = time.monotonic()
        keep = min(arguments.average, run.step / (run.step + 10))
        lr = learning_rate(run.step, arguments.steps, arguments.lr)
        loss = run.advance([data.padded(rows) for rows in group], lr, keep)
        run.seconds += time.monotonic() - began
        recent = loss if not recent else 0.95 * recent + 0.05 * loss
        if run.step % 25 == 0:
            speed = run.tokens / run.seconds
            print(
                f"step {run.step} loss {recent:.4f} lr {lr:.5f} {speed:.0f} tok/s {run.seconds:.0f} s",
                flush=True,
            )
        if time.monotonic() - last_save > arguments.save_every:
            run.save(checkpoint)
            last_save = time.monotonic()
    run.save(checkpoint)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--steps", type=int, default=9800)
    parser.add_argument("--batch", type=int, default=5000, help="tokens per step")
    parser.add_argument("--micro", type=int, default=3, help="batches of unlike lengths in one step")
    parser.add_argument("--lr", type=float, default=0.003)
    parser.add_argument("--average", type=float, default=0.99, help="how much the averaged weights keep per step")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save-every", type=float, default=120, help="seconds between checkpoints")
    parser.add_argument("--run", type=Path, default=Path("build/builtin"))
    parser.add_argument("--resume", action="store_true")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
