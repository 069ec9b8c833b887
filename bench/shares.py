#!/usr/bin/env python3
"""Each stage on one core as a share of what a prototype of that stage alone reaches on this machine.

    bench/shares.py PROTOTYPES SAMPLE.csv [--build build/release] [--rounds 3] [--rows 2550000] [-o RESULT.md]

PROTOTYPES is a folder with the sources of the programs peak, train, generate, csvread and csvwrite and
their Makefile and prep.py: fixed schema, AVX-512 intrinsics, no product around them. SAMPLE.csv is a
card table; its rows are repeated up to --rows for reading. Prototype and product run in turn, --rounds
times; the best of each counts, since other work on the machine can only slow a run down.
"""
import argparse
import datetime
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path


def output(*command, **environment):
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, **environment}).stdout


def prototype_rate(text, pattern):
    """The number of million rows a second behind a pattern with one group, in rows a second."""
    return float(re.search(pattern, text, re.S).group(1)) * 1e6


def product_rate(program, name, **environment):
    text = output(program, f"--benchmark_filter=^{name}$", "--benchmark_min_time=0.5", "--benchmark_format=json",
                  **environment)
    runs = json.loads(text)["benchmarks"]
    assert runs, f"{program} has no benchmark {name}"
    return max(run.get("rows/s") or run["items_per_second"] for run in runs)


def repeat_rows(sample, rows, path):
    header, *lines = sample.read_bytes().splitlines(keepends=True)
    with open(path, "wb") as file:
        file.write(header)
        for start in range(0, rows, len(lines)):
            file.writelines(lines[:rows - start])


def stages(prototypes, build, folder, sample, rows):
    """(name, how to run the prototype, how to run ours), each giving rows a second."""
    bench = build / "bin"
    table, encoded = folder / "cards.csv", folder / "rows.f32"
    repeat_rows(sample, rows, table)
    output("python3", prototypes / "prep.py", sample, encoded)
    built = folder / "build"
    output("make", "-s", "-C", prototypes, f"B={built}")

    def read():
        text = output(built / "csvread", table, "speed", 5)
        return prototype_rate(text, r"1 thread\(s\), mmap: whole[^\n]*?, +([\d.]+) M rows/s")

    def train(batch):
        text = output(built / "train", encoded, "speed", 3)
        return prototype_rate(text, rf"1 thread\(s\) batch +{batch}:[^\n]*= ([\d.]+) M rows/s at best")

    def generate():
        return prototype_rate(output(built / "generate", 2_000_000, 11), r"no memory\) +1 thread[^\n]*?([\d.]+) M rows/s")

    def write():
        text = output(built / "csvwrite", sample, encoded, 2_000_000, "speed", "/dev/null", "-r", 11)
        return prototype_rate(text, r"format only, 1 thread[^\n]*?([\d.]+) M rows/s")

    yield "read + encode", read, lambda: product_rate(bench / "bench_table", "read_and_encode/threads:1/real_time",
                                                      CUVAE_BENCH_CSV=str(table))
    for batch in (32, 500, 4096):
        yield (f"train, batch {batch}", lambda batch=batch: train(batch),
               lambda batch=batch: product_rate(bench / "bench_train", f"train/avx512/{batch}/1/real_time"))
    yield "generate to memory", generate, lambda: product_rate(bench / "bench_generate", "generate_to_memory")
    yield "decode + format", write, lambda: product_rate(bench / "bench_generate", "format_only")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prototypes", type=Path)
    parser.add_argument("sample", type=Path)
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=2_550_000)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text()).group(1)
    lines = [f"One core of {cpu}, {datetime.date.today()}, best of {options.rounds} rounds in turn; load average "
             f"{os.getloadavg()[0]:.1f} at the start.", "",
             "| stage | prototype, M rows/s | cuvae, M rows/s | share |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        for name, prototype, product in stages(options.prototypes, options.build, Path(folder), options.sample,
                                               options.rows):
            rates = [(prototype(), product()) for _ in range(options.rounds)]
            limit, ours = max(r[0] for r in rates), max(r[1] for r in rates)
            lines.append(f"| {name} | {limit / 1e6:.2f} | {ours / 1e6:.2f} | {100 * ours / limit:.0f} % |")
            print(lines[-1], flush=True)
    text = "\n".join(lines) + "\n"
    print("\n" + text)
    if options.output:
        options.output.write_text(text)


main()
