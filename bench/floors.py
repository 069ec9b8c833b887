#!/usr/bin/env python3
"""Each stage's floor and time on one core, from `cuvae bench`.

    cuvae bench --threads 1 --json > bench.json
    bench/floors.py bench.json [-o bench/results/floors-DATE.md]

The floor is the time that the stage's operations or bytes take at the machine's measured limit. The
fastest run and the highest limit count, since other work on the machine can only slow a run down.
Instructions are those of bench/instructions/counts.txt, which are of AVX2 and of a table of 10,000
rows (evaluate: 1,000).
"""
import argparse
import datetime
import json
import os
from pathlib import Path

LIMITS = {"multiply-adds": ("flop_per_s", "flop_per_s"), "memory read": ("read_bytes_per_s", "bytes_per_s"),
          "memory write": ("write_bytes_per_s", "bytes_per_s"), "memory copy": ("copy_bytes_per_s", "bytes_per_s"),
          "file write": ("file_bytes_per_s", "bytes_per_s")}
COUNTED_ROWS = {"evaluate": 2 * 1_000}


def instructions():
    lines = (Path(__file__).parent / "instructions/counts.txt").read_text().splitlines()
    counts = dict(line.split() for line in lines if not line.startswith("#"))
    return {job: int(count) / COUNTED_ROWS.get(job, 10_000) for job, count in counts.items()}


def row_of(one, limits, counted):
    rows = one["rows"] * (2 if one["stage"] == "evaluate" else 1)
    measured = one["seconds"]["minimum"] / rows * 1e9
    floor = None
    if one["limit"]:
        limit, rate = LIMITS[one["limit"]]
        amount = one[rate] / one["rows_per_s"]  # of a row
        floor = amount / limits[limit]["maximum"] * 1e9
    name = one["stage"] + ("/" + one["recipe"] if one["recipe"] else "")
    count = counted.get(name) if one["batch_size"] in (None, 500) else None
    cells = [one["stage"], one["recipe"] or "", f"{one['rows']:,}", str(one["batch_size"] or ""), one["limit"] or "",
             f"{floor:.2f}" if floor else "", f"{measured:.2f}", f"{100 * floor / measured:.0f} %" if floor else "",
             f"{count:,.0f}" if count else ""]
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    result = json.loads(options.bench.read_text())
    machine = result["machine"]
    limits = machine["limits"][-1]
    best = {name: limits[name]["maximum"] / 1e9 for name, _ in LIMITS.values()}
    lines = [f"{machine['threads']} thread(s) of {machine['cpu']}, {machine['simd']}, {datetime.date.today()}; load average "
             f"{os.getloadavg()[1]:.1f} over the last five minutes.", "",
             f"Limits: {best['flop_per_s']:.0f} GFLOP/s; memory read {best['read_bytes_per_s']:.1f}, written "
             f"{best['write_bytes_per_s']:.1f}, copied {best['copy_bytes_per_s']:.1f} GB/s; files "
             f"{best['file_bytes_per_s']:.2f} GB/s.", "",
             "| stage | recipe | rows | batch | limit | floor, ns a row | fastest, ns a row | floor / fastest | "
             "instructions a row (AVX2) |", "|---|---|---|---|---|---|---|---|---|"]
    counted = instructions()
    lines += [row_of(one, limits, counted) for one in result["measurements"] if one["device"] == "cpu"]
    text = "\n".join(lines) + "\n"
    print(text, end="")
    if options.output:
        options.output.write_text(text)


main()
