#!/usr/bin/env python3
"""Times torch.nn.LSTM and torch.nn.GRU (cuDNN on a GPU) on the shapes that Carousel is measured on.

One JSON line for the machine, then one for each shape and mode. A training step is forward and backward: gradients of
x, of the weights and of the initial states from a given dY, no optimizer; what `carousel bench --mode fwdbwd` does.
Times are medians, of CUDA events on a GPU.

  forward_ms         forward without gradients
  train_ms           forward and backward
  train_us_per_step  the same per time step
  tflops             of a training step: 6 G T B H (in + H) per layer and direction, G = 4 for LSTM, 3 for GRU
"""

import argparse
import json
import math
import statistics
import time

import torch

# name: T, B, I, H, layers, bidirectional, cell
SHAPES = {
    "S1": (100, 64, 512, 512, 1, False, "LSTM"),
    "S2": (512, 16, 768, 768, 1, False, "LSTM"),
    "S3": (256, 128, 1024, 1024, 1, False, "LSTM"),
    "S4": (1000, 8, 256, 256, 1, False, "LSTM"),
    "S1x4": (100, 64, 512, 512, 4, False, "LSTM"),
    "S1bi": (100, 64, 512, 512, 2, True, "LSTM"),
    "S1gru": (100, 64, 512, 512, 1, False, "GRU"),
    "ECG": (187, 256, 1, 128, 2, True, "LSTM"),
}
# name: storage of everything, whether products of float32 may be rounded to TF32
MODES = {
    "fp32": (torch.float32, False),
    "tf32": (torch.float32, True),
    "bf16": (torch.bfloat16, True),
    "fp16": (torch.float16, True),
}
GATES = {"LSTM": 4, "GRU": 3}
WARM_UP = 5


def ragged_lengths(T, B):
    """linspace(T, T/4, B), rounded, halves upward: the lengths of `carousel bench` (lengths=ragged)."""
    return [max(1, math.floor(T - (i / (B - 1) if B > 1 else 0) * T * 0.75 + 0.5)) for i in range(B)]


def median_ms(step, repetitions, cuda):
    for _ in range(WARM_UP):
        step()
    times = []
    for _ in range(repetitions):
        if cuda:
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            start.record()
            step()
            end.record()
            torch.cuda.synchronize()
            times.append(start.elapsed_time(end))
        else:
            start = time.perf_counter()
            step()
            times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


class Stack:
    """One shape in one mode."""

    def __init__(self, shape, mode, device, packed):
        self.T, self.B, self.I, self.H, self.layers, self.bidirectional, self.cell = SHAPES[shape]
        dtype, tf32 = MODES[mode]
        torch.backends.cuda.matmul.allow_tf32 = tf32
        torch.backends.cudnn.allow_tf32 = tf32
        torch.manual_seed(1)
        directions = 2 if self.bidirectional else 1
        self.net = getattr(torch.nn, self.cell)(
            self.I, self.H, self.layers, bidirectional=self.bidirectional
        ).to(device, dtype)
        options = {"device": device, "dtype": dtype}
        self.x = torch.randn(self.T, self.B, self.I, requires_grad=True, **options)
        rows = self.layers * directions
        states = [
            torch.zeros(rows, self.B, self.H, requires_grad=True, **options)
            for _ in range(2 if self.cell == "LSTM" else 1)
        ]
        self.state = tuple(states) if self.cell == "LSTM" else states[0]
        self.dy = torch.randn(self.T, self.B, directions * self.H, **options)
        self.wanted = [self.x, *states, *self.net.parameters()]
        self.lengths = torch.tensor(ragged_lengths(self.T, self.B)) if packed else None

    def forward(self):
        if self.lengths is None:
            return self.net(self.x, self.state)[0]
        rnn = torch.nn.utils.rnn
        out = self.net(rnn.pack_padded_sequence(self.x, self.lengths), self.state)[0]
        return rnn.pad_packed_sequence(out, total_length=self.T)[0]

    def infer(self):
        with torch.no_grad():
            self.forward()

    def train(self):
        torch.autograd.grad(self.forward(), self.wanted, self.dy)

    def training_flop(self):
        directions = 2 if self.bidirectional else 1
        inputs = [self.I] + [directions * self.H] * (self.layers - 1)
        per_row = sum(6 * GATES[self.cell] * self.H * (self.H + size) * directions for size in inputs)
        return per_row * self.T * self.B

    def describe(self):
        return {
            "T": self.T,
            "B": self.B,
            "I": self.I,
            "H": self.H,
            "layers": self.layers,
            "bidirectional": self.bidirectional,
            "cell": self.cell,
        }


def capture(step):
    """A CUDA graph of one step."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph


def rows(shape, mode, options):
    cuda = options.device.startswith("cuda")
    stack = Stack(shape, mode, options.device, options.packed)
    forward = median_ms(stack.infer, options.reps, cuda)
    train = median_ms(stack.train, options.reps, cuda)
    row = {"shape": shape, **stack.describe(), "mode": mode, "packed": options.packed, "graph": False}
    row["forward_ms"] = round(forward, 4)
    row["train_ms"] = round(train, 4)
    row["train_us_per_step"] = round(train * 1e3 / stack.T, 3)
    if not options.packed:
        row["tflops"] = round(stack.training_flop() / train / 1e9, 2)
    yield row
    if options.graph and cuda and not options.packed:
        train = median_ms(capture(stack.train).replay, options.reps, cuda)
        yield {
            **row,
            "graph": True,
            "forward_ms": None,
            "train_ms": round(train, 4),
            "train_us_per_step": round(train * 1e3 / stack.T, 3),
            "tflops": round(stack.training_flop() / train / 1e9, 2),
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--reps", type=int, default=30, help="timed steps (default: 30)")
    parser.add_argument("--shapes", default=",".join(SHAPES))
    parser.add_argument("--modes", default=",".join(MODES))
    parser.add_argument("--packed", action="store_true", help="sequences of unequal length, those of carousel bench")
    parser.add_argument("--graph", action="store_true", help="a row for a captured CUDA graph too")
    options = parser.parse_args()
    cuda = options.device.startswith("cuda")
    machine = {
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if cuda else "cpu",
        "cudnn": torch.backends.cudnn.version() if cuda else None,
        "threads": torch.get_num_threads(),
    }
    print(json.dumps(machine), flush=True)
    for shape in options.shapes.split(","):
        for mode in options.modes.split(","):
            try:
                for row in rows(shape, mode, options):
                    print(json.dumps(row), flush=True)
            except RuntimeError as e:  # what the device cannot do is a row too
                print(json.dumps({"shape": shape, "mode": mode, "error": str(e)[:200]}), flush=True)


if __name__ == "__main__":
    main()
