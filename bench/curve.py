#!/usr/bin/env python3
"""How time per row and memory grow with the table: simulated cards from 250,000 rows to the full 24,386,900.

    bench/curve.py [--build build/release] [--rows 250k 1M ...] [--rounds 1] [-o RESULT.md] [--picture docs/curve.svg]

Each of train (best, seed with one epoch) and evaluate is a process of its own; its peak memory is what the
kernel says when it ends. The tables are made by `cuvae simulate` and deleted again: 5 GB of disk at most.
"""
import argparse
import datetime
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FULL = 24_386_900
ROWS = [250_000, 500_000, 1_000_000, 2_550_000, 5_000_000, 10_000_000, FULL]
JOBS = {
    "train, `best`": ["train", "{table}", "-o", "{folder}/best", "--recipe", "best", "--epochs", "1"],
    "train, `published`": ["train", "{table}", "-o", "{folder}/seed", "--recipe", "published", "--epochs", "1"],
    "evaluate": ["evaluate", "{table}", "{folder}/other.csv"],
}
COLORS = {"train, `best`": "#c2571a", "train, `published`": "#2f7fc4", "evaluate": "#3c9a55"}


def measured(command):
    """Seconds of wall time, peak MiB and seconds of CPU time of one process."""
    start = time.perf_counter()
    child = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {child.returncode}")
    return seconds, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


def simulate(cuvae, rows, seed, path):
    measured([cuvae, "simulate", "-n", rows, "--seed", seed, "-o", path, "--force", "--quiet"])


def points(options):
    """{job: [(rows, seconds, MiB, CPU seconds)]}; medians over the rounds, which go through all jobs in turn."""
    cuvae = options.build / "cuvae"
    result = {job: [] for job in JOBS}
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for rows in options.rows:
            table = Path(folder) / "table.csv"
            need, free = 2 * 105 * rows, shutil.disk_usage(folder).free
            if need > free:
                raise SystemExit(f"{rows:,} rows need {need / 1e9:.1f} GB in {folder}, {free / 1e9:.1f} GB are free")
            simulate(cuvae, rows, 1, table)
            simulate(cuvae, rows, 2, Path(folder) / "other.csv")
            runs = {job: [] for job in JOBS}
            for _ in range(options.rounds):
                for job, words in JOBS.items():
                    words = [word.format(table=table, folder=folder) for word in words]
                    runs[job].append(measured([cuvae, *words, "--threads", options.threads, "--quiet",
                                               *([] if job == "evaluate" else ["--force", "--seed", 1])]))
            for job, found in runs.items():
                seconds, memory, used = (statistics.median(values) for values in zip(*found))
                result[job].append((rows, seconds, memory, used))
                print(f"{rows:>12,} rows, {job}: {seconds:.2f} s, {1e6 * seconds / rows:.3f} us a row, {memory:,.0f} MiB, "
                      f"{used:.2f} s of CPU time", flush=True)
    return result


def short(rows):
    return f"{rows / 1e6:g}M" if rows >= 1e6 and rows != FULL else f"{rows / 1e6:.1f}M" if rows == FULL else f"{rows // 1000}k"


def panel(result, value, title, unit, left):
    """One diagram, 360 wide: rows to the right on a logarithmic scale, the value upwards from 0."""
    from math import log10
    sizes = [rows for rows, *_ in next(iter(result.values()))]
    low, high = log10(sizes[0]), log10(sizes[-1])
    top = max(value(p) for series in result.values() for p in series)
    tick = 10 ** int(log10(top) // 1)
    tick = next(t for t in (tick / 5, tick / 2, tick, 2 * tick, 5 * tick) if top / t <= 6)
    limit = (int(top / tick) + 1) * tick

    def x(rows):
        return left + 50 + 290 * ((log10(rows) - low) / (high - low) if high > low else 0.5)

    def y(number):
        return 280 - 220 * number / limit

    parts = [f'<text x="{left + 50}" y="34" class="title">{title}</text>']
    for step in range(int(limit / tick) + 1):
        number = step * tick
        parts.append(f'<line x1="{left + 50}" x2="{left + 340}" y1="{y(number):.1f}" y2="{y(number):.1f}" class="grid"/>'
                     f'<text x="{left + 44}" y="{y(number) + 4:.1f}" text-anchor="end">{number:g}</text>')
    parts.append(f'<text x="{left + 50}" y="52">{unit}</text>')
    last = -1e9
    for rows in sizes:
        parts.append(f'<line x1="{x(rows):.1f}" x2="{x(rows):.1f}" y1="280" y2="284" class="axis"/>')
        if x(rows) - last >= 36:
            parts.append(f'<text x="{x(rows):.1f}" y="298" text-anchor="middle">{short(rows)}</text>')
            last = x(rows)
    parts.append(f'<text x="{left + 195}" y="318" text-anchor="middle">rows of the table (logarithmic)</text>')
    for job, series in result.items():
        line = " ".join(f"{x(p[0]):.1f},{y(value(p)):.1f}" for p in series)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{COLORS[job]}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(p[0]):.1f}" cy="{y(value(p)):.1f}" r="3" fill="{COLORS[job]}"/>' for p in series]
    return parts


def picture(result):
    """SVG in colors that can be read on white and on black; text takes the page's own shade."""
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 740 356" width="740" height="356" role="img" '
             'aria-label="Time per row and peak memory against the number of rows">',
             "<style>text{font:12px system-ui,sans-serif;fill:#333}.title{font-weight:600;font-size:14px}"
             ".grid{stroke:#888;stroke-opacity:.3}.axis{stroke:#888}"
             "@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>"]
    parts += panel(result, lambda p: 1e6 * p[1] / p[0], "Time per row", "µs", 0)
    parts += panel(result, lambda p: p[2] / 1024, "Peak memory", "GiB", 370)
    for number, job in enumerate(result):
        left = 130 + 180 * number
        parts.append(f'<line x1="{left}" x2="{left + 24}" y1="342" y2="342" stroke="{COLORS[job]}" stroke-width="3"/>'
                     f'<text x="{left + 30}" y="346">{job.replace("`", "")}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def growth(result):
    """How much dearer a row of the largest table is than one of the smallest."""
    def shares(value):
        for job, series in result.items():
            first, last = series[0], series[-1]
            share = 100 * ((last[value] / last[0]) / (first[value] / first[0]) - 1)
            yield f"{abs(share):.0f} % {'more' if share > 0 else 'less'} in {job}"

    sizes = [rows for rows, *_ in next(iter(result.values()))]
    return (f"From {sizes[0]:,} to {sizes[-1]:,} rows, a row costs " + ", ".join(shares(1)) + "; of CPU time, which other "
            "work on the machine changes less, " + ", ".join(shares(3)) + ".")


def text(result, options, load):
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text()).group(1)
    lines = ["# Time and memory from 250,000 to 24 million rows", "",
             f"{options.threads} threads on {cpu}, {datetime.date.today()}, median of {options.rounds} "
             f"round{'s' * (options.rounds > 1)}; load average {load:.1f} at the start. `train` is reading, coding, one "
             "pass and the model file; `evaluate` compares with a second table of the same size. Made by `bench/curve.py`.",
             "", "| rows | " + " | ".join(f"{job}: µs a row | MiB" for job in result) + " |",
             "|---" * (2 * len(result) + 1) + "|"]
    for number, rows in enumerate(options.rows):
        cells = [f"{1e6 * series[number][1] / rows:.3f} | {series[number][2]:,.0f}" for series in result.values()]
        lines.append(f"| {rows:,} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", growth(result)]) + "\n"


def count(word):
    number, unit = re.fullmatch(r"([\d.]+)([kM]?)", word).groups()
    return int(float(number) * {"": 1, "k": 1000, "M": 1_000_000}[unit])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--rows", nargs="+", type=count, default=ROWS)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--folder", default=None, help="where the tables may lie for a while")
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    options.rows.sort()
    load = os.getloadavg()[0]
    result = points(options)
    print("\n" + text(result, options, load))
    if options.output:
        options.output.write_text(text(result, options, load))
    if options.picture:
        options.picture.write_text(picture(result))


if __name__ == "__main__":
    sys.exit(main())
