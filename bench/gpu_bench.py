#!/usr/bin/env python3
"""Runs `carousel bench` and peers.py on the same shapes, turn by turn, and prints one table with ratios.

scripts/bench-gpu calls it. For each shape PyTorch runs all modes, then Carousel each mode, forward (`infer`) and training
step without optimizer (`fwdbwd`). Figures are medians; a ratio is Carousel's time over PyTorch's, below 1 is faster.
All raw JSON goes to bench/results/<date>-<gpu>.jsonl, the table to the .md beside it.
"""

import argparse
import datetime
import json
import pathlib
import re
import shlex
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
HEADER = (
    "shape",
    "precision",
    "torch forward ms",
    "Carousel",
    "ratio",
    "torch training ms",
    "Carousel",
    "ratio",
    "us per time step",
    "host us per time step",
    "launch",
)


def shapes():
    """The table of peers.py, which cannot be imported without torch."""
    text = (HERE / "peers.py").read_text()
    return eval(re.search(r"^SHAPES = (\{.*?^\})", text, re.S | re.M).group(1))  # our own file


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr.strip().splitlines()[-1:] or [""]


def peer_rows(shape, options):
    command = [sys.executable, str(HERE / "peers.py"), "--shapes", shape, "--modes", options.precisions]
    code, out, error = run(command + ["--reps", str(options.reps)])
    if code:
        sys.exit(f"bench-gpu: peers.py fails: {error[0]}")
    return [json.loads(line) for line in out.splitlines() if line.startswith("{")]


def carousel_row(shape, precision, mode, options):
    T, B, I, H, layers, bidirectional, cell = shapes()[shape]
    command = shlex.split(options.carousel) + [
        *("bench", "--json", "--device", options.device, "--mode", mode, "--precision", precision),
        *("--cell", cell.lower(), "--directions", "2" if bidirectional else "1"),
        *("--shape", f"T={T},B={B},I={I},H={H},layers={layers}", "--seconds", str(options.seconds)),
    ]
    code, out, error = run(command)
    if code:
        return {"shape": shape, "mode": mode, "precision": precision, "error": (error[0] or out)[-200:]}
    return {"shape": shape, **json.loads(out[out.index("\n{") if "\n{" in out else out.index("{") :])}


def line(peer, infer, train):
    def ms(row):
        return row["secondsPerStep"]["median"] * 1e3 if "error" not in row else None

    def ratio(own, other):
        return f"{own / other:.2f}" if own and other else "-"

    def number(value):
        return f"{value:.3f}" if value else "-"

    forward, training = ms(infer), ms(train)
    has = "error" not in train
    return (
        peer["shape"],
        peer["mode"],
        number(peer.get("forward_ms")),
        number(forward),
        ratio(forward, peer.get("forward_ms")),
        number(peer.get("train_ms")),
        number(training),
        ratio(training, peer.get("train_ms")),
        f"{training * 1e3 / train['T']:.2f}" if has else "-",
        f"{train['hostSecondsPerStepMedian'] * 1e6 / train['T']:.2f}" if has else "-",
        str(train.get("launch")) if has else train["error"],
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--carousel", default="scripts/carousel", help="how Carousel is started")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--shapes", default=",".join(shapes()))
    parser.add_argument("--precisions", default="fp32,tf32,bf16,fp16")
    parser.add_argument("--seconds", type=float, default=1, help="of Carousel a case (default: 1)")
    parser.add_argument("--reps", type=int, default=30, help="of PyTorch a case (default: 30)")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "results", help="folder of the results")
    options = parser.parse_args()

    raw, table, machine = [], [], {}
    for shape in options.shapes.split(","):
        peers = peer_rows(shape, options)
        machine = peers[0]
        raw += peers
        for peer in peers[1:]:
            both = [carousel_row(shape, peer["mode"], mode, options) for mode in ("infer", "fwdbwd")]
            raw += both
            table.append(line(peer, *both))
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
    driver = subprocess.run(
        ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"], capture_output=True, text=True
    ).stdout.strip()
    title = (
        f"# {machine['device']}, {datetime.date.today().isoformat()}\n\n"
        f"Driver {driver}, PyTorch {machine['torch']}, cuDNN {machine['cudnn']}. Medians of one run of scripts/bench-gpu;"
        f" ratio = Carousel's time / PyTorch's. Raw figures: {name}.jsonl\n\n"
    )
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in raw))
    text = title + "\n".join(rows) + sections
    (options.out / f"{name}.md").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
