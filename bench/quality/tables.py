"""Recipes and ctgan's TVAE at its defaults, side by side on several mixed tables.

The same four fifths to learn from, the same fifth held out, as many synthetic rows as training
rows, the measures of measure.py, one table of results for each.
"""
import argparse
import datetime
import os
import platform
import resource
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

import measure
from datasets import TABLES, Dataset

warnings.filterwarnings("ignore")
SHOWN = ["quality", "SDMetrics, all pairs", "mean KL", "told apart (AUC)", "learned", "nearer to training",
         "exact copies", "CPU seconds"]


def cpu_seconds():
    """Of this process and those it started: what other work on the machine hardly changes."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def draw(method, cuvae, reader, folder, rows, seed):
    training, model, output = folder / "training.csv", folder / "model", folder / "synthetic.csv"
    if method == "TVAE":
        import tvae
        tvae.learn_and_draw(reader, training, output, rows, seed)
        return
    measure.tool(cuvae, "train", training, "-o", model, "--recipe", method, "--seed", seed, "--force", "--quiet")
    measure.tool(cuvae, "generate", model, "-n", rows, "-o", output, "--seed", seed, "--force", "--quiet")


def one_table(cuvae, dataset, options, folder):
    cells = dataset.make(cuvae)
    if len(cells) > options.rows:
        cells = cells.sample(options.rows, random_state=0)
    cells.to_csv(folder / "table.csv", index=False)
    rows = measure.split_file(folder / "table.csv", folder)
    reader = measure.Reader(cuvae, folder / "training.csv")
    target = dataset.target if dataset.target in cells else \
        measure.target_of(reader, reader.read(folder / "training.csv"))
    floor, ceiling = measure.bounds(cuvae, reader, folder, target)
    table = {"floor: columns shuffled": [floor]}
    for seed in options.seeds:
        for method in options.methods:
            started = cpu_seconds()
            try:
                draw(method, cuvae, reader, folder, rows, seed)
            except Exception as failure:  # a peer that fails on a table is a result, not the end
                if method != "TVAE":
                    raise
                print(f"TVAE failed: {failure!r}", flush=True)
                continue
            seconds = cpu_seconds() - started
            result = measure.measures(cuvae, reader, folder / "training.csv", folder / "synthetic.csv",
                                      folder / "holdout.csv", target)
            result["CPU seconds"] = seconds
            table.setdefault(method if method == "TVAE" else f"`{method}`", []).append(result)
            print(f"  seed {seed} {method}: {seconds:.1f} s, " + ", ".join(
                f"{k} {v:.4f}" for k, v in result.items() if k != "CPU seconds"), flush=True)
    table["ceiling: real half v half"] = [ceiling]
    learned = f"learned: {target} (AUC)"
    for results in table.values():
        for result in results:
            result["learned"] = result.get(learned, float("nan"))
    numbers = sum(reader.numeric.values())
    missing = float((cells == "").to_numpy().mean())
    lines = [f"{dataset.origin}. {len(cells):,} rows, {numbers} columns of numbers and {len(reader.numeric) - numbers} "
             f"of labels, {100 * missing:.1f} % of the cells missing; {rows:,} rows to learn from.", "",
             "| | " + " | ".join(SHOWN).replace("learned", learned) + " |", "|---" * (len(SHOWN) + 1) + "|"]
    for method, results in table.items():
        shown = [measure.spread([r[n] for r in results]) if n in results[0] else "" for n in SHOWN]
        lines.append(f"| {method} | " + " | ".join(shown) + " |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cuvae")
    parser.add_argument("--tables", nargs="*", default=list(TABLES), choices=list(TABLES))
    parser.add_argument("--csv", nargs="*", default=[], help="further tables, as files")
    parser.add_argument("--methods", nargs="+", default=["best", "fast", "TVAE"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--rows", type=int, default=8000, help="most rows taken of a table, at random")
    parser.add_argument("--output")
    options = parser.parse_args()
    cpu = next(l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name"))
    lines = ["# Quality on several mixed tables", "",
             f"Mean and half the range over the seeds {options.seeds}; as many synthetic rows as training rows. CPU "
             "seconds are those to learn and draw, of all threads. "
             f"{datetime.date.today()}; {os.cpu_count()} cores of {cpu}; {measure.tool(options.cuvae, '--version').strip()}, "
             + ", ".join(f"{p} {version(p)}" for p in ("ctgan", "torch", "sdmetrics", "scikit-learn", "statsmodels"))
             + f", Python {platform.python_version()}. Made by `bench/quality/tables.sh`.", ""]
    chosen = {name: TABLES[name] for name in options.tables}
    for path in options.csv:
        chosen[Path(path).name] = Dataset(
            "a file", "", lambda _, path=path: pd.read_csv(path, dtype=str, keep_default_na=False))
    for name, dataset in chosen.items():
        print(name, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            lines += [f"## {name}", "", *one_table(options.cuvae, dataset, options, Path(folder)), ""]
        text = "\n".join(lines)
        if options.output:
            Path(options.output).write_text(text)
    print(text)


if __name__ == "__main__":
    main()
