"""The table of scripts/bench-gpu: what the rows that bench/gpu_bench.py measured say, against bench/gpu_targets.json."""

import json

RAGGED = "-ragged"  # behind the name of a shape
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
# Programs in C that print one JSON line per row, and what they measure.
PROGRAMS = {
    "host_time": "The same time steps issued from C (native/check/host_time)",
    "exchange_time": "Exchanges between blocks of persistent kernels (native/bench/exchange_time)",
}


def case(row):
    return row["shape"], row["precision"], row["asked"]


def latest(rows):
    """Of each case of Carousel the latest row, one without error where there is one."""
    found = {}
    for row in rows:
        if row["kind"] == "carousel" and not ("error" in row and "error" not in found.get(case(row), row)):
            found[case(row)] = row
    return found


def ran_instead(row):
    """What ran in place of the plan that was asked for, "" where that one ran, as far as the row tells."""
    asked, plan, launch = row["asked"], str(row["plan"]), str(row.get("launch"))
    if not plan.startswith("stepwise" if asked == "stepwise" else "persistent"):
        return plan
    if asked in ("clusters", "turns") and "through memory" in launch:
        return "through memory"
    if asked == "memory" and "in clusters" in launch:
        return "in clusters"
    return "side by side" if asked == "turns" and "side by side" in launch else ""


def theirs(rows, row, mode):
    """PyTorch's milliseconds, the faster of eager and graph, in the call of `row`; and why they are not to be judged by."""
    found = [p for p in rows if p["kind"] == "peers" and (p["shape"], p["mode"]) == (row["shape"], mode) and p.get("train_ms")]
    same = [p for p in found if p["call"] == row["call"]]
    chosen = same or [p for p in found if p["call"] == found[-1]["call"]]
    if not chosen:
        return None, ""
    graph = row["shape"].endswith(RAGGED) or any(p.get("graph") for p in chosen)
    return min(p["train_ms"] for p in chosen), "" if same and graph else "eager only" if same else "other call"


def fastest(rows):
    """The plans that were fastest, of those that ran as asked."""
    best = {}
    for row in rows:
        if "error" not in row and not ran_instead(row):
            key = (row["shape"], row["precision"])
            best[key] = min(best.get(key, row), row, key=lambda one: one["secondsPerStep"]["median"])
    return {case(row) for row in best.values()}


def compared(peers, ours, target, judge):
    """Their time and the ratio, with the verdict."""
    milliseconds, doubt = peers
    if not milliseconds:
        return "-", "-"
    ratio = milliseconds / ours
    verdict = ""
    if target is not None and judge and not doubt:
        verdict = f" (>= {target}: {'MET' if ratio >= target else 'MISSED'})"
    return f"{milliseconds:.3f}" + (f" ({doubt})" if doubt else ""), f"{ratio:.2f}{verdict}"


def line(row, rows, targets, best):
    """A line of the table."""
    if "error" in row:
        return (*case(row), *["-"] * (len(HEADER) - 4), row["error"].replace("|", "/"))
    shape, precision, plan = case(row)
    ours = row["secondsPerStep"]["median"] * 1e3
    wanted, instead = targets.get(shape, {}), ran_instead(row)
    sixteen_bits = wanted.get("fp16") if precision in ("bf16", "fp16") else None
    plan = f"**{plan}**" if case(row) in best else plan
    return (
        *(shape, precision, f"{plan} (ran: {instead})" if instead else plan),
        *(f"{ours:.3f}", f"{ours * 1e3 / row['T']:.2f}"),
        *compared(theirs(rows, row, precision), ours, wanted.get(precision), not instead),
        *compared(theirs(rows, row, "fp16"), ours, sixteen_bits, not instead),
        f"{row['hostSecondsPerStepMedian'] * 1e6 / row['T']:.2f}",
        *(str(row["plan"]), str(row.get("launch"))),
    )


def program_rows(rows, name):
    """What the latest call of a program printed."""
    found = [row for row in rows if row["kind"] == "program" and row["program"] == name]
    return [row for row in found if row["call"] == found[-1]["call"]]


def markdown(rows, order, missing, title, targets):
    """The whole document: all cases that were measured, in `order`; `missing` says why some were not."""
    measured = latest(rows)
    known = [one for one in order if one in measured]
    best = fastest(measured.values())
    table = [HEADER, ["---"] * len(HEADER), *(line(measured[one], rows, targets, best) for one in known)]
    machines = {f"PyTorch {row['torch']}, cuDNN {row['cudnn']}" for row in rows if row["kind"] == "machine"}
    parts = [
        f"# {title}",
        f"{'; '.join(sorted(machines)) or 'PyTorch was not measured'}. Training steps without optimizer, medians;"
        " ratio = PyTorch's time / Carousel's in the same call of scripts/bench-gpu. Bold: the fastest plan. A row that"
        " ran another plan than it was asked for is not judged, nor is one without PyTorch's CUDA graph of the same call.",
        "\n".join("| " + " | ".join(cells) + " |" for cells in table),
    ]
    reasons = {}
    for one, why in missing.items():
        if one not in measured:
            reasons.setdefault(why, []).append(" ".join(one))
    parts += [f"Not measured, {why}: {', '.join(cases)}" for why, cases in reasons.items()]
    peers = {(row["shape"], row["mode"]): row for row in rows if row["kind"] == "peers"}  # the latest of each
    parts += [f"PyTorch, {' '.join(one)}: {row['error']}" for one, row in peers.items() if "error" in row]
    for name, heading in PROGRAMS.items():
        plain = [{k: v for k, v in row.items() if k not in ("kind", "call", "program")} for row in program_rows(rows, name)]
        listed = "\n".join(f"- {json.dumps(row)}" for row in plain)
        parts += [f"## {heading}", listed or "not measured"]
    return "\n\n".join(parts) + "\n"
