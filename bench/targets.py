#!/usr/bin/env python3
"""Every target of speed beside what this machine gives, in one table.

    bench/targets.py PROTOTYPES SAMPLE.csv [--build build/release] [--rounds 3] [-o bench/results/targets-DATE.md]

PROTOTYPES is a folder with the sources of the programs peak, train, generate, csvread and csvwrite and
their Makefile and prep.py: one stage each, fixed schema, AVX-512 intrinsics, no product around them.
SAMPLE.csv is a card table; its rows are repeated up to 2,550,000 for reading.

What is compared runs in turn, --rounds times. The best of each counts, since other work on the machine
can only slow a run down. A whole `cuvae run` counts by its best time, too. Takes about ten minutes.
"""
import argparse
import datetime
import json
import os
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROWS = 2_550_000


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


@dataclass
class Comparison:
    """A rate of ours against another one, in percent or as a multiple; `asked` in the same unit."""
    name: str
    asked: float
    ours: object
    other: object
    multiple: bool = False
    rates: list = field(default_factory=list)

    def run(self):
        # Around ours: on some virtual machines whoever comes first waits for memory from the host.
        before, ours, behind = self.other(), self.ours(), self.other()
        self.rates.append((ours, max(before, behind)))

    def line(self):
        ours, other = (max(rates) for rates in zip(*self.rates))
        value = ours / other * (1 if self.multiple else 100)
        unit = "" if self.multiple else " %"
        digits = 2 if self.multiple else 0
        return (f"| {self.name} | {other / 1e6:.2f} | {ours / 1e6:.2f} | {value:.{digits}f}{unit} | {self.asked:g}{unit} | "
                f"{'yes' if value >= self.asked else '**no**'} |")


class Bench:
    """The product's benchmarks and the prototypes, each giving rows a second."""

    def __init__(self, prototypes, sample, build, folder):
        self.build, self.bin, self.folder, self.sample = build, build / "bin", folder, sample
        self.table, self.encoded, self.programs = folder / "cards.csv", folder / "rows.f32", folder / "build"
        repeat_rows(sample, ROWS, self.table)
        output("python3", prototypes / "prep.py", sample, self.encoded)
        output("make", "-s", "-C", prototypes, f"B={self.programs}")

    def product(self, program, name, **environment):
        return lambda: product_rate(self.bin / f"bench_{program}", name, CUVAE_BENCH_CSV=str(self.table),
                                    TMPDIR=str(self.folder), **environment)

    def read(self, threads, simd="avx512"):
        return self.product("table", f"read_and_encode/threads:{threads}/real_time", CUVAE_SIMD=simd)

    def train(self, batch, threads=1, simd="avx512"):
        return self.product("train", f"train/{simd}/{batch}/{threads}/real_time")

    def prototype(self, name, pattern, *words):
        return lambda: prototype_rate(output(self.programs / name, *words), pattern)

    def shares(self):
        """One core against the prototype of the same stage."""
        yield Comparison("read + encode", 60, self.read(1),
                         self.prototype("csvread", r"1 thread\(s\), mmap: whole[^\n]*?, +([\d.]+) M rows/s", self.table, "speed", 5))
        for batch in (32, 500, 4096):
            yield Comparison(f"train, batch {batch}", 60, self.train(batch),
                             self.prototype("train", rf"1 thread\(s\) batch +{batch}:[^\n]*= ([\d.]+) M rows/s at best",
                                            self.encoded, "speed", 3))
        yield Comparison("generate to memory", 60, self.product("generate", "generate_to_memory"),
                         self.prototype("generate", r"no memory\) +1 thread[^\n]*?([\d.]+) M rows/s", 2_000_000, 11))
        yield Comparison("decode + format", 60, self.product("generate", "format_only"),
                         self.prototype("csvwrite", r"format only, 1 thread[^\n]*?([\d.]+) M rows/s", self.sample, self.encoded,
                                        2_000_000, "speed", "/dev/null", "-r", 11))

    def disk(self):
        for threads in (1, 2):
            yield Comparison(f"CSV to disk, {threads} thread{'s' * (threads > 1)}", 80,
                             self.product("generate", f"write_to_file/threads:{threads}/real_time"),
                             self.product("generate", "plain_write_to_file/real_time"))

    def threads(self):
        yield Comparison("read + encode", 1.7, self.read(2), self.read(1), True)
        for batch in (32, 500, 4096):
            yield Comparison(f"train, batch {batch}", 1.7, self.train(batch, 2), self.train(batch), True)
        yield Comparison("generate + format", 1.7, self.product("generate", "generate_to_null/threads:2/real_time"),
                         self.product("generate", "generate_to_null/threads:1/real_time"), True)

    def vectors(self):
        yield Comparison("read + encode", 45, self.read(1, "avx2"), self.read(1))
        for batch in (32, 500, 4096):
            yield Comparison(f"train, batch {batch}", 45, self.train(batch, simd="avx2"), self.train(batch))
        yield Comparison("generate to memory", 45, self.product("train", "generate/avx2/real_time"),
                         self.product("train", "generate/avx512/real_time"))

    def whole_run(self):
        """Seconds of `cuvae run` by the published recipe, from the file to the report."""
        table, result = self.folder / "whole.csv", self.folder / "result"
        output(self.build / "cuvae", "simulate", "-n", ROWS, "--seed", 1, "-o", table, "--quiet", "--force")
        start = time.perf_counter()
        output(self.build / "cuvae", "run", table, "-o", result, "-n", 2_000_000, "--recipe", "seed", "--epochs", 15,
               "--threads", 2, "--seed", 1, "--quiet", "--force")
        return time.perf_counter() - start


def measured(comparisons, rounds):
    comparisons = list(comparisons)
    for _ in range(rounds):
        for comparison in comparisons:
            comparison.run()
    lines = [comparison.line() for comparison in comparisons]
    print("\n".join(lines), flush=True)
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prototypes", type=Path)
    parser.add_argument("sample", type=Path)
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text()).group(1)
    lines = ["# Targets of speed", "",
             f"{os.cpu_count()} cores of {cpu}, {datetime.date.today()}, best of {options.rounds} rounds in turn; load average "
             f"{os.getloadavg()[0]:.1f} at the start. Rates are in million rows a second. Made by `bench/targets.py`."]
    ruler = "|---|---|---|---|---|---|"
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.prototypes, options.sample, options.build, Path(folder))
        for title, other, ours, value, comparisons in [
                ("One core beside prototypes of single stages", "prototype", "cuvae", "share", bench.shares()),
                ("Writing beside plain writing of as many bytes", "plain", "cuvae", "share", bench.disk()),
                ("Two threads beside one", "one", "two", "ratio", bench.threads()),
                ("AVX2 beside AVX-512, one core", "AVX-512", "AVX2", "share", bench.vectors())]:
            lines += ["", f"## {title}", "", f"| stage | {other} | {ours} | {value} | asked | met |", ruler]
            lines += measured(comparisons, options.rounds)
        seconds = [bench.whole_run() for _ in range(options.rounds)]
        lines += ["", "## The whole job", "",
                  f"`cuvae run --recipe published --epochs 15 --threads 2` on {ROWS:,} simulated rows, 2,000,000 rows written, evaluated, "
                  f"with report: {min(seconds):.2f} s (of {options.rounds} runs the longest {max(seconds):.2f} s); asked: under 5 s; "
                  f"met: {'yes' if min(seconds) < 5 else '**no**'}."]
    text = "\n".join(lines) + "\n"
    print("\n" + text)
    if options.output:
        options.output.write_text(text)


main()
