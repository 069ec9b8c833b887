"""Trains recipes on four fifths of a table, generates as many rows, and measures them.

Beside the tool's own metrics stand SDMetrics' quality report, a gradient-boosted tree that is to
tell real rows from synthetic ones, and what a tree learns from synthetic rows about real ones. Each
measure is shown between its floor (the real columns shuffled independently) and its ceiling (one
half of the real rows against the other).
"""
import argparse
import datetime
import json
import platform
import random
import subprocess
import tempfile
import warnings
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import sdmetrics
import sklearn
from sdmetrics.reports.single_table import QualityReport
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

warnings.filterwarnings("ignore")
MOST_COMPARED = 8000
SPLIT_SEED = 1234


def tool(*arguments):
    done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, arguments))} failed:\n{done.stderr}")
    return done.stdout


def split_file(data, folder):
    """Four fifths to learn from, one fifth held out, by lines."""
    header, *lines = Path(data).read_text(errors="surrogateescape").splitlines()
    random.Random(SPLIT_SEED).shuffle(lines)
    cut = len(lines) * 4 // 5
    for name, part in (("training", lines[:cut]), ("holdout", lines[cut:])):
        text = "\n".join([header, *part]) + "\n"
        (folder / f"{name}.csv").write_text(text, errors="surrogateescape")
    return cut


class Reader:
    """CSV files as the tool takes them: numbers as floats, all else as text."""

    def __init__(self, cuvae, training):
        columns = json.loads(tool(cuvae, "inspect", training, "--json"))["columns"]
        self.numeric = {
            c["name"]: c["kind"] in ("currency", "continuous")
            or (c["kind"] == "ordinal" and c["distinct"] > 50)
            for c in columns
        }

    def read(self, path):
        cells = pd.read_csv(path, dtype=str, keep_default_na=False, encoding_errors="surrogateescape")
        table = pd.DataFrame()
        for name, numeric in self.numeric.items():
            table[name] = self.numbers(cells[name]) if numeric else cells[name]
        return table

    @staticmethod
    def numbers(cells):
        cells = cells.str.replace("$", "", regex=False)
        if cells.str.fullmatch(r"\d+:\d+(:\d+)?").any():
            parts = cells.str.split(":", expand=True).astype(float)
            return parts[0] * 60 + parts[1]
        if cells.str.fullmatch(r"\d{4}-\d\d-\d\d").any():
            days = pd.to_datetime(cells, errors="coerce")
            return (days - pd.Timestamp("1970-01-01")).dt.days.astype(float)
        return pd.to_numeric(cells, errors="coerce")

    def features(self, table, like):
        """Labels as their rank by frequency in `like`, unknown ones last."""
        columns = []
        for name, numeric in self.numeric.items():
            if numeric:
                columns.append(table[name].to_numpy(float))
                continue
            ranks = {label: i for i, label in enumerate(like[name].value_counts().index)}
            columns.append(table[name].map(ranks).fillna(len(ranks)).to_numpy(float))
        return np.column_stack(columns)


def trees():
    return HistGradientBoostingClassifier(max_iter=120, learning_rate=0.1, random_state=0)


def told_apart(reader, real, synthetic):
    """AUC of a discriminator, cross-validated: 0.5 where it can't tell them apart."""
    count = min(MOST_COMPARED, len(real), len(synthetic))
    real = real.sample(count, random_state=1)
    both = np.vstack([reader.features(t, real) for t in (real, synthetic.sample(count, random_state=2))])
    truth = np.repeat([0, 1], count)
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    guess = cross_val_predict(trees(), both, truth, cv=folds, method="predict_proba")[:, 1]
    return float(np.mean([roc_auc_score(truth[t], guess[t]) for _, t in folds.split(both, truth)]))


def learned(reader, target, source, holdout, like):
    """AUC on real rows of a tree that learned `target` from `source`, classes averaged."""
    rows = source[target].map(source[target].value_counts()) >= 5
    source = source[rows]
    if source[target].nunique() < 2:
        return 0.5
    keep = [i for i, name in enumerate(reader.numeric) if name != target]
    model = trees().fit(reader.features(source, like)[:, keep], source[target])
    guess = model.predict_proba(reader.features(holdout, like)[:, keep])
    scores = []
    for label in sorted(holdout[target].unique()):
        truth = holdout[target] == label
        if truth.sum() < 5 or truth.all():
            continue
        known = list(model.classes_)
        scores.append(roc_auc_score(truth, guess[:, known.index(label)]) if label in known else 0.5)
    return float(np.mean(scores)) if scores else float("nan")


def sdmetrics_quality(reader, real, synthetic):
    """Shapes and trends over all pairs, and the score with the package's own thresholds."""
    metadata = {
        "columns": {
            n: {"sdtype": "numerical" if numeric else "categorical"}
            for n, numeric in reader.numeric.items()
        }
    }

    def score(threshold):
        report = QualityReport()
        if threshold is not None:
            report.real_correlation_threshold = threshold
            report.real_association_threshold = threshold
        report.generate(real, synthetic, metadata, verbose=False)
        return float(report.get_score())

    return score(0), score(None)


def target_of(reader, table):
    names = [n for n, numeric in reader.numeric.items() if not numeric]
    # A class of less than a hundredth of the rows says more about luck than about the recipe.
    fit = [
        n for n in names
        if 2 <= table[n].nunique() <= 20 and table[n].value_counts(normalize=True).iloc[1] >= 0.01
    ]
    return fit[-1] if fit else None


def measures(cuvae, reader, training, path, holdout_path, target, own=True):
    synthetic, holdout = reader.read(path), reader.read(holdout_path)
    result = {}
    if own:
        metrics = json.loads(
            tool(cuvae, "evaluate", training, path, "--holdout", holdout_path, "--json", "--quiet")
        )
        result["quality"] = metrics["scores"]["quality"]
        result["mean KL"] = metrics["scores"]["mean_kl"]
        result["nearer to training"] = metrics["privacy"]["nearer_to_training"]
        result["exact copies"] = metrics["privacy"]["exact_copies"]
    real = reader.read(training)
    result["SDMetrics, all pairs"], result["SDMetrics"] = sdmetrics_quality(reader, real, synthetic)
    result["told apart (AUC)"] = told_apart(reader, real, synthetic)
    if target:
        result[f"learned: {target} (AUC)"] = learned(reader, target, synthetic, holdout, real)
    return result


def bounds(cuvae, reader, folder, target):
    """Floor and ceiling, as two files of rows."""
    cells = pd.read_csv(folder / "training.csv", dtype=str, keep_default_na=False)
    shuffled = cells.apply(lambda c: c.sample(frac=1, random_state=zlib.crc32(c.name.encode())).to_numpy())
    half = cells.sample(frac=0.5, random_state=3)
    shuffled.to_csv(folder / "floor.csv", index=False)
    half.to_csv(folder / "half.csv", index=False)
    cells.drop(half.index).to_csv(folder / "ceiling.csv", index=False)
    floor = measures(cuvae, reader, folder / "training.csv", folder / "floor.csv",
                     folder / "holdout.csv", target)
    ceiling = measures(cuvae, reader, folder / "half.csv", folder / "ceiling.csv",
                       folder / "holdout.csv", target)
    return floor, ceiling


def spread(values):
    if len(values) == 1:
        return f"{values[0]:.4f}"
    return f"{np.mean(values):.4f} ± {(max(values) - min(values)) / 2:.4f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cuvae")
    parser.add_argument("data")
    parser.add_argument("--recipes", nargs="+", default=["best", "fast", "seed"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--output")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        rows = split_file(options.data, folder)
        reader = Reader(options.cuvae, folder / "training.csv")
        target = target_of(reader, reader.read(folder / "training.csv"))
        floor, ceiling = bounds(options.cuvae, reader, folder, target)
        table = {"floor: columns shuffled": {k: [v] for k, v in floor.items()}}
        for recipe in options.recipes:
            results = []
            for seed in options.seeds:
                tool(options.cuvae, "train", folder / "training.csv", "-o", folder / "model", "--recipe",
                     recipe, "--seed", seed, "--force", "--quiet")
                tool(options.cuvae, "generate", folder / "model", "-n", rows, "-o",
                     folder / "synthetic.csv", "--seed", seed, "--force", "--quiet")
                results.append(measures(options.cuvae, reader, folder / "training.csv",
                                        folder / "synthetic.csv", folder / "holdout.csv", target))
            table[f"`{recipe}`"] = {k: [r[k] for r in results] for k in results[0]}
        table["ceiling: real half v half"] = {k: [v] for k, v in ceiling.items()}
    names = list(next(iter(table.values())))
    lines = [f"# Quality on {Path(options.data).name}", "",
             f"{rows:,} training rows, as many synthetic ones; seeds {options.seeds}, mean and half "
             f"the range. {datetime.date.today()}; "
             f"{tool(options.cuvae, '--version').strip()}, SDMetrics {sdmetrics.__version__}, "
             f"scikit-learn {sklearn.__version__}, Python {platform.python_version()}.", "",
             "| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for row, values in table.items():
        lines.append(f"| {row} | " + " | ".join(spread(values[n]) for n in names) + " |")
    text = "\n".join(lines) + "\n"
    print(text)
    if options.output:
        Path(options.output).write_text(text)


if __name__ == "__main__":
    main()
