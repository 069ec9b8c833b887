"""What was measured, as Markdown."""
import datetime
import os
import platform
import statistics
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rounds import Contestant, spread

PACKAGES = ["pandas", "polars", "pyarrow", "duckdb", "keras", "tensorflow-cpu", "jax", "torch", "ctgan", "scikit-learn",
            "numpy"]


def installed(package):
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def machine():
    cpu = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {cpu}, {memory:.0f} GiB, {platform.system()} {platform.release()}"


def heading(options):
    product = Contestant("cuvae", [options.build / "cuvae", "--version"])
    product.run(60)
    return ["# cuvae and other tools on the same job", "",
            f"{datetime.date.today()}; {machine()}; load average {os.getloadavg()[0]:.1f} at the start. "
            f"Python {platform.python_version()}, " + ", ".join(f"{p} {installed(p)}" for p in PACKAGES) + ".", "",
            f"`cuvae simulate -n {options.rows} --seed 1` makes the table. Every run is a process of its own, with as many "
            "cores as threads; the tools take turns. Seconds are medians with their range over "
            f"{options.rounds} round{'s' * (options.rounds > 1)}, taken inside the process after one unmeasured run, files "
            "in the page cache. The ratio is how many times cuvae's time the tool took. Made by `bench/peers/run.sh`.", ""]


def agreement(verdicts):
    return ["Encoded cells, against cuvae's: " + "; ".join(f"{n}: {v}" for n, v in verdicts.items()) + ".", ""]


def rate(rows, seconds):
    return f"{rows / seconds / 1e6:.3g}"


def stage(title, remark, rows, contestants):
    lines = [f"## {title}", "", f"{remark} {rows:,} rows.".strip(), "",
             "| | seconds | M rows/s | ratio |", "|---|---|---|---|"]
    ours = contestants[0]
    for c in contestants:
        if not c.results:
            lines.append(f"| {c.name} | failed: {c.failure} | | |")
            continue
        ratio = f"{c.median() / ours.median():.1f}" if ours.results else ""
        lines.append(f"| {c.name} | {spread(c.seconds())} | {rate(rows, c.median())} | {ratio} |")
    return lines + [""]


def learned(contestants, options):
    """Rates, for the numbers of passes differ."""
    lines = ["## Models of their own: TVAE against `best` and `fast`", "",
             f"{options.learned_rows:,} rows to learn from, {10 * options.learned_rows:,} drawn and written as CSV, "
             f"{max(options.threads)} threads. TVAE's network is another one (128 units a layer, a column per label), so "
             "this says what a row costs who wants a useful model, not who multiplies faster; how good the rows are, "
             "bench/quality/tables.sh measures. TVAE's rate of training is the difference of one and eleven passes.", "",
             "| | trains, k rows/s | generates, k rows/s |", "|---|---|---|"]
    rates = {}
    for c in contestants:
        if not c.results:
            lines.append(f"| {c.name} | failed: {c.failure} | |")
            continue
        if c.name.endswith("train"):
            part = [r["rows"] * len(r["history"]) / r["parts"]["train"] for r in c.results]
            rates[c.name.split(",")[0]] = [part]
        elif c.name.endswith("generate"):
            part = [r["rows"] / r["seconds"] for r in c.results]
            rates.setdefault(c.name.split(",")[0], []).append(part)
        else:
            rates[c.name] = [[r["train"] for r in c.results], [r["generate"] for r in c.results]]
    for name, parts in rates.items():
        lines.append(f"| {name} | " + " | ".join(spread([v / 1e3 for v in p]) for p in parts) + " |")
    return lines + [""]


def whole(contestants, options):
    lines = ["## The whole job, CSV to CSV and scores", "",
             f"{options.whole_rows:,} rows read, {options.epochs} passes, {options.drawn:,} rows written, compared; "
             f"{max(options.threads)} threads; {options.whole_rounds} round{'s' * (options.whole_rounds > 1)}. cuvae's time is "
             "that of the process, with its report; the others' is the sum of the parts below, without start, imports, "
             "pictures and Keras' idle waits.", "",
             "| | seconds | ratio to `seed` |", "|---|---|---|"]
    ours = contestants[0]
    peer = contestants[-1]

    def row(name, seconds):
        ratio = f"{statistics.median(seconds) / ours.median():.1f}" if ours.results else ""
        lines.append(f"| {name} | {spread(seconds)} | {ratio} |")

    for c in contestants:
        if c.results:
            row(c.name, c.seconds())
        else:
            lines.append(f"| {c.name} | failed: {c.failure} | |")
    if peer.results:
        row("the same with the notebook's uncompiled loop (*)",
            [r["seconds"] - r["stages"]["train"] + options.epochs * r["eager_epoch"] for r in peer.results])
        parts = peer.results[0]["stages"]
        epoch = statistics.median(r["eager_epoch"] for r in peer.results)
        lines += ["", f"{peer.name}, parts of the first round in seconds: "
                  + ", ".join(f"{name} {seconds:.2f}" for name, seconds in parts.items()) + ".", "",
                  f"(*) Not run whole: {peer.results[0]['eager_steps']} steps were, and their time is scaled to the {options.epochs} passes "
                  f"({epoch:.0f} s each). All else is as measured above."]
    return lines + [""]


def not_scored(missing):
    lines = ["## What was not scored", "",
             "- Keras, JAX and PyTorch read no CSV and write none; pandas, Polars, Arrow and DuckDB train no network.",
             "- TVAE takes no missing numbers and can't train the published network; it is compared with `best` and `fast` "
             "only.",
             "- Only cuvae gives the same bits at any number of threads and SIMD width; nobody's time is corrected for that.",
             "- No tool ran on a GPU."]
    failed = [m for m in missing if m]
    if failed:
        lines.append("- Could not be installed: " + ", ".join(failed) + ".")
    return lines
