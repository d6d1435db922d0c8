#!/usr/bin/env python3
"""Runs `carousel bench` and peers.py on the same shapes of training, turn by turn, and prints one table with ratios.

scripts/bench-gpu calls it. First come the programs in C (host_time, exchange_time). Then, for each shape, PyTorch in all
precisions, eager and as a CUDA graph, and Carousel in each precision by each plan: `clusters` and `memory` are the
persistent kernels with either way of exchange, `stepwise` has a product and a kernel for every time step, `turns` is
`clusters` with layers in turns instead of a wavefront. A step is forward and backward without optimizer (`carousel bench
--mode fwdbwd`); figures are medians. "Theirs" is the faster of eager and graph, a ratio theirs over ours: above 1 Carousel
is faster. Behind a ratio stands the target that bench/gpu_targets.json has for it, MET or MISSED. Of ragged batches
(lengths linspace(T, T/4, B), rounded) packing is part of the step on both sides.

Every row goes to bench/results/<date>-<gpu>.jsonl as soon as it is there, and the table to the .md beside it, so that a
call that is cut short loses the running case only. A second call on the same day goes on where the first one stopped: it
measures what has no row, or an error. What hangs, fails or prints no JSON is a row with an error.

How long it takes was counted, not measured: 84 cases of Carousel of some 5 s, 9 calls of PyTorch of some 25 s, a minute of
programs in C; some 12 minutes without errors, two calls with --minutes 8.
"""

import argparse
import collections
import contextlib
import datetime
import itertools
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time

from gpu_table import PROGRAMS, RAGGED, latest, markdown, program_rows

HERE = pathlib.Path(__file__).resolve().parent
TARGETS = json.loads((HERE / "gpu_targets.json").read_text())["targets"]
PRECISIONS = ("bf16", "fp16", "tf32", "fp32")
PLANS = {
    "clusters": "-Dcarousel.cuda.persistent=on",
    "memory": "-Dcarousel.cuda.persistent=memory",
    "stepwise": "-Dcarousel.cuda.persistent=off",
    "turns": "-Dcarousel.cuda.persistent=on -Dcarousel.cuda.wavefront=off",
}
NO_ANSWER = "no answer"
MOST_HANGS = 2  # of a plan, or of PyTorch, in one call, then it is left out


def table_of_peers():
    """The shapes of peers.py, which cannot be imported without torch."""
    text = (HERE / "peers.py").read_text()
    return eval(re.search(r"^SHAPES = (\{.*?^\})", text, re.S | re.M).group(1))  # our own file


SHAPES = table_of_peers()
NAMES = list(dict.fromkeys([*TARGETS, *SHAPES]))  # those with targets first
ORDER = list(itertools.product(NAMES, PRECISIONS, PLANS))


def run(command, limit, **environment):
    """What it printed, also where it failed or hung, and what went wrong, "" where nothing did."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        options = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": err, "env": {**os.environ, **environment}}
        # should this script itself be killed at once, `timeout` ends what it leaves behind
        command = ["timeout", "--signal=KILL", f"{limit + 10:g}", *command]
        try:
            process = subprocess.Popen(command, start_new_session=True, **options)
        except OSError as e:
            return "", str(e)
        try:
            process.wait(limit)
            problem = ""
        except subprocess.TimeoutExpired:
            problem = f"{NO_ANSWER} in {limit:g} s"
        finally:  # also when this script is ended
            gone = end(process)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    if not gone:
        problem += ", and it cannot be killed"
    elif not problem and process.returncode:
        problem = last_line("\n".join(texts)) or f"exit code {process.returncode}"
    return texts[0], problem


def end(process):
    """Kills it with all that it started, and waits until they are gone: a GPU lets go slowly. False where they do not go."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()  # the `timeout` around it
    patience = time.monotonic() + 30
    while lives(process.pid):
        if time.monotonic() > patience:
            return False
        time.sleep(0.1)
    return True


def lives(group):
    """Whether a process of the group is there that has not ended."""
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just gone
            state, _, its_group = stat.read_text(errors="replace").rpartition(")")[2].split()[:3]
            if int(its_group) == group and state not in "ZX":
                return True
    return False


def last_line(text):
    lines = [line for line in text.splitlines() if re.search("[A-Za-z]", line) and not line.startswith("Picked up ")]
    return lines[-1].strip()[:200] if lines else ""


def objects(text):
    """All JSON objects that begin on a line of their own; other lines are passed over."""
    for start in re.finditer(r"^\{", text, re.M):
        with contextlib.suppress(ValueError):
            yield json.JSONDecoder().raw_decode(text, start.start())[0]


class Results:
    """The rows of one day and GPU, each in the file as soon as it is added."""

    def __init__(self, folder, name, title):
        folder.mkdir(parents=True, exist_ok=True)
        self.file, self.document, self.title = folder / f"{name}.jsonl", folder / f"{name}.md", title
        self.call = datetime.datetime.now().isoformat(timespec="seconds")
        text = self.file.read_text() if self.file.exists() else ""
        self.rows = list(objects(text))
        if text and not text.endswith("\n"):  # cut short while it was written
            self.file.write_text("".join(json.dumps(row) + "\n" for row in self.rows))

    def add(self, kind, row):
        self.rows.append({"kind": kind, "call": self.call, **row})
        with self.file.open("a") as file:
            file.write(json.dumps(self.rows[-1]) + "\n")

    def known(self, again):
        """The rows that count as measured."""
        return [row for row in self.rows if not again or row["call"] == self.call]

    def write(self, missing):
        text = markdown(self.rows, ORDER, missing, self.title, TARGETS)
        new = self.document.with_suffix(".new")
        new.write_text(text)
        new.replace(self.document)
        return text


def measure_program(name, results, options):
    program = options.programs / name
    if not program.exists():
        out, problem = "", f"no {name}: cmake --build target/native/main --target gpu-programs"
    else:
        out, problem = run([str(program)], options.timeout)
    for row in objects(out):
        results.add("program", {"program": name, **row})
    if problem:
        results.add("program", {"program": name, "error": problem})


def measure_peers(shape, results, options):
    """Adds rows of all precisions; returns what went wrong."""
    ragged, modes = shape.endswith(RAGGED), peer_modes(options)
    command = shlex.split(options.peers) + ["--shapes", shape.removesuffix(RAGGED), "--modes", ",".join(modes)]
    command += ["--packed" if ragged else "--graph", "--reps", str(options.reps)]
    out, problem = run(command, options.timeout)
    missing = set(modes)
    for row in objects(out):
        if "torch" in row:
            results.add("machine", {"torch": row["torch"], "cudnn": row.get("cudnn"), "device": row.get("device")})
        elif row.get("mode") in modes:
            results.add("peers", {**row, "shape": shape})
            missing.discard(row["mode"])
    for mode in sorted(missing):
        results.add("peers", {"shape": shape, "mode": mode, "error": problem or "no JSON: " + last_line(out)})
    if problem:
        print(f"bench-gpu: peers.py, {shape}: {problem}", file=sys.stderr, flush=True)
    return problem


def peer_modes(options):
    return list(dict.fromkeys([*options.precisions.split(","), "fp16"]))  # all are held against fp16


def has_peers(shape, rows, options):
    return all(
        any(p["kind"] == "peers" and (p["shape"], p["mode"]) == (shape, mode) and p.get("train_ms") for p in rows)
        for mode in peer_modes(options)
    )


def carousel_row(shape, precision, plan, options):
    T, B, I, H, layers, bidirectional, cell = SHAPES[shape.removesuffix(RAGGED)]
    lengths = ",lengths=ragged" if shape.endswith(RAGGED) else ""
    command = shlex.split(options.carousel) + [
        *("bench", "--json", "--device", options.device, "--mode", "fwdbwd", "--precision", precision),
        *("--cell", cell.lower(), "--directions", "2" if bidirectional else "1"),
        *("--shape", f"T={T},B={B},I={I},H={H},layers={layers}{lengths}", "--seconds", str(options.seconds)),
    ]
    begin = time.monotonic()
    java = f"{os.environ.get('JAVA_TOOL_OPTIONS', '')} {PLANS[plan]}".strip()
    out, problem = run(command, options.timeout, JAVA_TOOL_OPTIONS=java)
    about = {"shape": shape, "precision": precision, "asked": plan, "wallSeconds": round(time.monotonic() - begin, 1)}
    if problem:
        return {**about, "error": problem}
    for row in objects(out):
        with contextlib.suppress(KeyError, TypeError):  # other JSON
            if row["secondsPerStep"]["median"] > 0 and row["hostSecondsPerStepMedian"] >= 0 and row["plan"] and row["T"] == T:
                return {**row, **about}
    return {**about, "error": "no JSON of a measurement: " + last_line(out)}


def repeats(measured, shape, precision, plan):
    """Why a plan would run what another one ran, or None."""
    clusters = measured.get((shape, precision, "clusters"), {})
    if plan not in ("memory", "turns") or "plan" not in clusters:
        return None
    if not clusters["plan"].startswith("persistent"):
        return f"since clusters ran {clusters['plan']}"
    if plan == "turns" and "side by side" not in str(clusters.get("launch")):
        return "since clusters ran layers in turns"
    return None


def cases(options):
    """What was asked for, in order."""
    for shape in options.shapes.split(","):
        layers, bidirectional = SHAPES[shape.removesuffix(RAGGED)][4:6]
        for precision in options.precisions.split(","):
            for plan in options.plans.split(","):
                if plan != "turns" or (layers > 1 and not bidirectional):  # else there is no wavefront to be without
                    yield shape, precision, plan


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    peers = f"{shlex.quote(sys.executable)} {shlex.quote(str(HERE / 'peers.py'))}"
    programs = HERE.parent / "target/native/main"
    parser.add_argument("--carousel", default="scripts/carousel", help="how Carousel is started")
    parser.add_argument("--peers", default=peers, help="how peers.py is started")
    parser.add_argument("--programs", type=pathlib.Path, default=programs, help="folder of host_time and exchange_time")
    parser.add_argument("--device", default="cuda:0")
    shapes = ",".join(NAMES)
    parser.add_argument("--shapes", default=shapes, help=f"(default: {shapes})")
    parser.add_argument("--precisions", default="bf16,fp16,tf32", help="(default: bf16,fp16,tf32)")
    parser.add_argument("--plans", default=",".join(PLANS))
    parser.add_argument("--seconds", type=float, default=0.5, help="of Carousel a case (default: 0.5)")
    parser.add_argument("--reps", type=int, default=30, help="of PyTorch a case (default: 30)")
    parser.add_argument("--timeout", type=float, default=120, help="seconds until a case is killed (default: 120)")
    parser.add_argument("--minutes", type=float, default=1e9, help="after which no case is started; the running one goes on")
    parser.add_argument("--again", action="store_true", help="measure what today's results have already, too")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "results", help="folder of the results")
    options = parser.parse_args()
    checks = (("shape", options.shapes, NAMES), ("precision", options.precisions, PRECISIONS), ("plan", options.plans, PLANS))
    for what, given, known in checks:
        for name in given.split(","):
            if name not in known:
                parser.error(f"unknown {what} '{name}': choose of {', '.join(known)}")
    for variable in ("CAROUSEL_JAVA_OPTS", "JDK_JAVA_OPTIONS"):  # either beats JAVA_TOOL_OPTIONS
        if found := re.search(r"-Dcarousel\.cuda\.(persistent|wavefront)", os.environ.get(variable, "")):
            sys.exit(f"bench-gpu: {variable} has {found.group()}, which is set for each plan here: take it out")
    return options


def gpu(device):
    """Its name and driver."""
    index = device.partition(":")[2] or "0"
    out, problem = run(["nvidia-smi", "-i", index, "--query-gpu=name,driver_version", "--format=csv,noheader"], 60)
    name, _, driver = ("no GPU", "", "none") if problem else out.strip().partition(", ")
    return name, driver


def measure(results, options, wanted, missing):
    end_of_time = time.monotonic() + options.minutes * 60
    hangs, asked = collections.Counter(), set()
    for name in PROGRAMS:
        rows = program_rows(results.known(options.again), name)
        if not rows or any("error" in row for row in rows):
            measure_program(name, results, options)
            results.write(missing)
    for one in wanted:
        shape, precision, plan = one
        known = results.known(options.again)
        measured = {key: row for key, row in latest(known).items() if "error" not in row}
        why = repeats(measured, *one)
        if one not in measured and not why and hangs[plan] >= MOST_HANGS:
            why = f"since {plan} hung {MOST_HANGS} times"
        is_over = time.monotonic() > end_of_time
        needed = one not in measured and not why
        if shape not in asked and not is_over and (needed or not has_peers(shape, known, options)):
            asked.add(shape)
            if hangs["peers"] < MOST_HANGS:
                hangs["peers"] += measure_peers(shape, results, options).startswith(NO_ANSWER)
            is_over = time.monotonic() > end_of_time
        missing.pop(one)
        if why or (needed and is_over):
            missing[one] = why or "since time was over"
        elif needed:
            row = carousel_row(*one, options)
            results.add("carousel", row)
            hangs[plan] += row.get("error", "").startswith(NO_ANSWER)
            found = row.get("error") or f"{row['secondsPerStep']['median'] * 1e3:.3f} ms, {row['plan']}"
            print("  ".join(one), f" {found}", file=sys.stderr, flush=True)
        results.write(missing)


def main():
    for one in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, lambda number, _: sys.exit(128 + number))  # and so the running case is killed
    options = arguments()
    name, driver = gpu(options.device)
    today = datetime.date.today().isoformat()
    file = f"{today}-{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}"
    results = Results(options.out, file, f"{name}, driver {driver}, {today}")
    wanted = list(cases(options))
    missing = dict.fromkeys(wanted, "since the call was cut short")
    measure(results, options, wanted, missing)
    print(results.write(missing))


if __name__ == "__main__":
    main()
