"""The same job with cuvae and with other tools, in turn, on the same file; a table of ratios.

    bench/peers/run.sh [--rows 1000000] [--rounds 3] [--stages read train ...] [--whole-rows 2550000] ...
"""
import argparse
import itertools
import sys
import tempfile
from pathlib import Path

import numpy as np

import report
import stages
from rounds import Contestant, in_turn

STAGES = ["read", "train", "generate", "write", "learned", "whole"]


def say(text):
    print(text, flush=True)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the table of all stages but the whole run")
    parser.add_argument("--whole-rows", type=int, default=2_550_000, help="of the table of the whole run")
    parser.add_argument("--drawn", type=int, default=2_000_000, help="rows to generate")
    parser.add_argument("--learned-rows", type=int, default=20_000, help="rows that TVAE trains on")
    parser.add_argument("--epochs", type=int, default=15, help="of the whole run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--whole-rounds", type=int, default=1)
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--batches", nargs="+", type=int, default=[500, 4096])
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=STAGES)
    parser.add_argument("--limit", type=int, default=1800, help="seconds after which a run is given up")
    parser.add_argument("--missing", nargs="*", default=[], help="what could not be installed")
    parser.add_argument("-o", "--output", type=Path)
    return parser.parse_args()


def simulate(setting, rows):
    maker = Contestant("simulate", [setting.build / "cuvae", "simulate", "-n", rows, "--seed", 1, "-o", setting.table,
                                    "--force", "--quiet"])
    maker.run(3600)
    if maker.failure:
        raise SystemExit(f"cuvae simulate failed: {maker.failure}")


def agreement(setting, contestants):
    """What the matrices of the unmeasured round say, against cuvae's."""
    ours = np.fromfile(setting.folder / "cuvae.f32", np.float32)
    verdicts = {}
    for contestant in contestants[1:]:
        path = setting.folder / f"{contestant.name}.f32"
        if contestant.failure or not path.exists():
            continue
        theirs = np.fromfile(path, np.float32)
        path.unlink()
        if theirs.size != ours.size:
            verdicts[contestant.name] = f"another size: {theirs.size:,} instead of {ours.size:,} cells"
            continue
        unequal = np.count_nonzero(theirs != ours)
        verdicts[contestant.name] = "same bits" if unequal == 0 else \
            f"{unequal:,} of {ours.size:,} cells differ, by at most {np.abs(theirs - ours).max():.1e}"
    return verdicts


def encoded(setting):
    contestants = in_turn(list(stages.reading(setting, 2, keep=True)), 1, 1800, lambda _: None)
    if contestants[0].failure:
        raise SystemExit(f"cuvae can't read the table: {contestants[0].failure}")
    return agreement(setting, contestants)


def stage_tables(setting, options):
    """(title, remark, rows handled, contestants) of each stage that was asked for."""
    def runs(makers, rounds=options.rounds):
        return in_turn(list(makers), rounds, options.limit, say)

    for name, threads in itertools.product(options.stages, options.threads):
        cores = f"{threads} thread{'s' * (threads > 1)}"
        if name == "read":
            say(f"read + encode, {cores}")
            yield f"Read and encode, {cores}", "", setting.rows, runs(stages.reading(setting, threads))
        elif name == "train":
            for batch in options.batches:
                say(f"train, batch {batch}, {cores}")
                yield (f"Train the published network, batches of {batch}, {cores}", "", setting.rows * setting.epochs,
                       runs(stages.training(setting, threads, batch)))
        elif name == "generate":
            say(f"generate, {cores}")
            yield (f"Generate to memory, {cores}", "Decoder's output as float32; noise drawn by the tool itself.",
                   setting.drawn, runs(stages.generating(setting, threads)))
        elif name == "write":
            say(f"write, {cores}")
            yield (f"Write CSV, {cores}", "The others write columns that lie ready in memory; cuvae draws the rows "
                   "while it writes them.", min(setting.rows, setting.drawn), runs(stages.writing(setting, threads)))


def whole(setting, options):
    setting.table.unlink()
    simulate(setting, options.whole_rows)
    say("whole run")
    return in_turn(list(stages.whole_runs(setting, max(options.threads), options.epochs)), options.whole_rounds,
                   options.limit, say)


def learned(setting, options):
    part = setting.folder / "part.csv"
    with open(setting.table, "rb") as source, open(part, "wb") as target:
        target.writelines(itertools.islice(source, options.learned_rows + 1))
    say("learned models")
    return in_turn(list(stages.learned_models(setting, max(options.threads), part, 10 * options.learned_rows)),
                   options.rounds, options.limit, say)


def main():
    options = parse()
    with tempfile.TemporaryDirectory(prefix="cuvae-peers-") as folder:
        setting = stages.Setting(options.build, Path(folder), Path(folder) / "cards.csv", options.rows, options.drawn,
                                 15, 1)
        lines = report.heading(options)

        def keep(more):
            lines.extend(more)
            if options.output:
                options.output.write_text("\n".join(lines) + "\n")

        simulate(setting, options.rows)
        keep(report.agreement(encoded(setting)))
        for title, remark, rows, contestants in stage_tables(setting, options):
            keep(report.stage(title, remark, rows, contestants))
        if "learned" in options.stages:
            keep(report.learned(learned(setting, options), options))
        if "whole" in options.stages:
            keep(report.whole(whole(setting, options), options))
        keep(report.not_scored(options.missing))
    say("\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())
