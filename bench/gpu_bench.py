#!/usr/bin/env python3
"""Runs `carousel bench` and peers.py on the same shapes of training, turn by turn, and prints one table with ratios.

scripts/bench-gpu calls it. For each shape PyTorch runs in all precisions, eager and as a CUDA graph, and then Carousel in
each precision by each plan: `stepwise` has a product and a kernel for every time step, `clusters` and `memory` are the
persistent kernels with either way of exchange, `turns` is `clusters` with layers in turns instead of a wavefront. A step is
forward and backward without optimizer (`carousel bench --mode fwdbwd`); figures are medians. "Theirs" is the faster of eager and graph, a ratio theirs over ours: above 1 Carousel
is faster. Behind a ratio stands the target that bench/gpu_targets.json has for it, MET or MISSED. Of ragged batches (lengths
linspace(T, T/4, B)) packing is part of the step on both sides. All raw JSON goes to bench/results/<date>-<gpu>.jsonl, the
table to the .md beside it.
"""

import argparse
import datetime
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
HEADER = (
    "shape",
    "precision",
    "plan",
    "ms",
    "us per time step",
    "theirs ms",
    "ratio",
    "theirs fp16 ms",
    "ratio to fp16",
    "host us per time step",
    "kernel",
    "launch",
)
PLANS = {
    "stepwise": "-Dcarousel.cuda.persistent=off",
    "clusters": "-Dcarousel.cuda.persistent=on",
    "turns": "-Dcarousel.cuda.persistent=on -Dcarousel.cuda.wavefront=off",
    "memory": "-Dcarousel.cuda.persistent=memory",
}
RAGGED = "-ragged"  # behind the name of a shape


def shapes():
    """The table of peers.py, which cannot be imported without torch."""
    text = (HERE / "peers.py").read_text()
    return eval(re.search(r"^SHAPES = (\{.*?^\})", text, re.S | re.M).group(1))  # our own file


def run(command, **environment):
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    return done.returncode, done.stdout, done.stderr.strip().splitlines()[-1:] or [""]


def peer_rows(shape, options):
    """The machine, and the rows of all precisions."""
    ragged = shape.endswith(RAGGED)
    command = shlex.split(options.peers) + ["--shapes", shape.removesuffix(RAGGED), "--modes", options.precisions]
    command += ["--packed" if ragged else "--graph", "--reps", str(options.reps)]
    code, out, error = run(command)
    if code:
        sys.exit(f"bench-gpu: peers.py fails: {error[0]}")
    machine, *rows = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    return machine, [{**row, "shape": shape} for row in rows]


def fastest(rows, precision):
    """Their milliseconds, eager or as a graph, None where there are none."""
    times = [row["train_ms"] for row in rows if row["mode"] == precision and row.get("train_ms")]
    return min(times, default=None)


def carousel_row(shape, precision, plan, options):
    T, B, I, H, layers, bidirectional, cell = shapes()[shape.removesuffix(RAGGED)]
    lengths = ",lengths=ragged" if shape.endswith(RAGGED) else ""
    command = shlex.split(options.carousel) + [
        *("bench", "--json", "--device", options.device, "--mode", "fwdbwd", "--precision", precision),
        *("--cell", cell.lower(), "--directions", "2" if bidirectional else "1"),
        *("--shape", f"T={T},B={B},I={I},H={H},layers={layers}{lengths}", "--seconds", str(options.seconds)),
    ]
    code, out, error = run(command, JAVA_TOOL_OPTIONS=PLANS[plan])
    about = {"shape": shape, "precision": precision, "asked": plan}
    if code:
        return {**about, "error": (error[0] or out)[-200:]}
    return {**about, **json.loads(out[out.index("\n{") if "\n{" in out else out.index("{") :])}


def judged(ratio, target):
    if ratio is None:
        return "-"
    verdict = "" if target is None else f" (>= {target}: {'MET' if ratio >= target else 'MISSED'})"
    return f"{ratio:.2f}{verdict}"


def line(row, theirs, theirs_fp16, targets):
    """A line of the table."""
    start = (row["shape"], row["precision"], row["asked"])
    if "error" in row:
        return (*start, *["-"] * (len(HEADER) - 4), row["error"])
    ours = row["secondsPerStep"]["median"] * 1e3

    def number(value):
        return f"{value:.3f}" if value else "-"

    def ratio(theirs):
        return theirs / ours if theirs else None

    wanted = targets.get(row["shape"], {})
    sixteen_bits = row["precision"] in ("bf16", "fp16")
    return (
        *start,
        number(ours),
        f"{ours * 1e3 / row['T']:.2f}",
        number(theirs),
        judged(ratio(theirs), wanted.get(row["precision"])),
        number(theirs_fp16),
        judged(ratio(theirs_fp16), wanted.get("fp16") if sixteen_bits else None),
        f"{row['hostSecondsPerStepMedian'] * 1e6 / row['T']:.2f}",
        str(row.get("plan")),
        str(row.get("launch")),
    )


# Programs in C that print one JSON line per row, and what they measure.
PROGRAMS = {
    "host_time": "The same time steps issued from C (native/check/host_time)",
    "exchange_time": "Exchanges between blocks of persistent kernels (native/bench/exchange_time)",
}


def measured_in_c(name):
    """The rows that a program of PROGRAMS prints, and why some or all are missing."""
    program = HERE.parent / "target/native/main" / name
    if not program.exists():
        return [], f"not measured: no {name}; cmake --build target/native/main --target gpu-programs"
    code, out, error = run([str(program)])
    rows = [{"program": name, **json.loads(line)} for line in out.splitlines() if line.startswith("{")]
    return rows, f"{name} fails: {error[0]}" if code else ""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    peers = f"{shlex.quote(sys.executable)} {shlex.quote(str(HERE / 'peers.py'))}"
    parser.add_argument("--carousel", default="scripts/carousel", help="how Carousel is started")
    parser.add_argument("--peers", default=peers, help="how peers.py is started")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--shapes", default=",".join([*shapes(), "S1" + RAGGED]), help="of peers.py, with -ragged behind")
    parser.add_argument("--precisions", default="bf16,fp16,tf32,fp32", help="ratios to fp16 want that one")
    parser.add_argument("--plans", default=",".join(PLANS))
    parser.add_argument("--seconds", type=float, default=0.5, help="of Carousel a case (default: 0.5)")
    parser.add_argument("--reps", type=int, default=30, help="of PyTorch a case (default: 30)")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "results", help="folder of the results")
    options = parser.parse_args()
    for what, given, known in (("shape", options.shapes, shapes()), ("plan", options.plans, PLANS)):
        for name in given.split(","):
            if name.removesuffix(RAGGED) not in known:
                parser.error(f"unknown {what} '{name}': choose of {', '.join(known)}")
    return options


def main():
    options = arguments()
    targets = json.loads((HERE / "gpu_targets.json").read_text())["targets"]
    raw, table, machine = [], [], {}
    for shape in options.shapes.split(","):
        machine, peers = peer_rows(shape, options)
        raw += peers
        deep = shapes()[shape.removesuffix(RAGGED)][4] > 1 and not shapes()[shape.removesuffix(RAGGED)][5]
        for precision in options.precisions.split(","):
            for plan in options.plans.split(","):
                if plan == "turns" and not deep:
                    continue  # there is no wavefront that it would be without
                row = carousel_row(shape, precision, plan, options)
                raw.append(row)
                table.append(line(row, fastest(peers, precision), fastest(peers, "fp16"), targets))
                print("  ".join(table[-1]), file=sys.stderr, flush=True)

    sections = ""
    for program, heading in PROGRAMS.items():
        lines, problem = measured_in_c(program)
        raw += lines
        listed = "\n".join(f"- {json.dumps(row)}" for row in lines)
        sections += "\n\n" + "\n\n".join(filter(None, [f"## {heading}", listed, problem]))

    gpu = re.sub(r"[^a-z0-9]+", "-", machine["device"].lower()).strip("-")
    name = f"{datetime.date.today().isoformat()}-{gpu}"
    rows = ["| " + " | ".join(row) + " |" for row in (HEADER, ["---"] * len(HEADER), *table)]
    title = (
        f"# {machine['device']}, {datetime.date.today().isoformat()}\n\n"
        f"{driver()}, PyTorch {machine['torch']}, cuDNN {machine['cudnn']}. Training steps without optimizer, medians of one"
        f" run of scripts/bench-gpu; ratio = PyTorch's time / Carousel's. Raw figures: {name}.jsonl\n\n"
    )
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in [machine, *raw]))
    text = title + "\n".join(rows) + sections
    (options.out / f"{name}.md").write_text(text + "\n")
    print(text)


def driver():
    try:
        code, out, _ = run(["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"])
    except FileNotFoundError:
        code, out = 1, ""
    return f"Driver {out.strip()}" if code == 0 else "No NVIDIA driver"


if __name__ == "__main__":
    main()
