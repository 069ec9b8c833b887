"""Writes data/real.csv, data/synthetic.csv and data/expected.json beside this file.

usage: make_fixture.py DIRECTORY_OF_SEED_REFERENCE    (needs numpy and pandas)

The numbers come from the float64 reference of the recipe; those it has no formula for (reverse KL,
Jensen-Shannon, Cramer's V) are computed here, in the plainest way.
"""
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent / "data"


def tables():
    rng = np.random.default_rng(7)

    def table(rows, synthetic):
        hour = rng.integers(0, 24, rows)
        city = np.array(["Aberdeen", "Bath", "Cork", "Derry", "Ely" if not synthetic else "Exeter"])[
            rng.choice(5, rows, p=[0.4, 0.3, 0.15, 0.1, 0.05] if not synthetic else [0.3, 0.3, 0.2, 0.1, 0.1])]
        amount = np.round(rng.gamma(2, 30, rows) * (1 + 0.02 * hour) * np.where(rng.random(rows) < 0.05, -1, 1), 2)
        days = np.datetime64("2019-11-03") + rng.integers(0, 300 if not synthetic else 250, rows)
        cells = {
            "amount": [f"${a:.2f}" for a in amount],
            "rate": [repr(float(np.round(r, 4))) for r in rng.normal(0.2 if not synthetic else 0.3, 1.5, rows)],
            "zip": [f"{z}.0" for z in rng.integers(91000, 92000, rows)],
            "year": [str(y) for y in rng.integers(2002, 2012 if not synthetic else 2013, rows)],
            "time": [f"{h:02}:{m:02}" for h, m in zip(hour, rng.integers(0, 60, rows))],
            "day": [str(d) for d in days],
            "city": list(city),
            "error": list(np.array(["", "Bad PIN", "Bad é"])[rng.choice(3, rows, p=[0.9, 0.07, 0.03])]),
            "constant": ["7"] * rows,
            "steady": [f"{1.5 if synthetic else x:.1f}" for x in rng.integers(0, 30, rows) / 10],
            "merchant": [str(m) for m in rng.integers(0, 200, rows) * 40000000000000007 - 2**55],
        }
        for name, share in (("amount", 0.03), ("rate", 0.2 if synthetic else 0.1), ("zip", 0.11), ("city", 0.02)):
            for row in np.flatnonzero(rng.random(rows) < share):
                cells[name][row] = ""
        return pd.DataFrame(cells)

    return table(400, False), table(350, True)


def counts_of(ref, real, synthetic, kind):
    if ref.is_numeric_here(real, kind):
        a, b = ref.numbers(real), ref.numbers(synthetic)
        low, high = np.nanmin(a), np.nanmax(a)
        return [np.bincount(ref.binned(x[~np.isnan(x)], low, high, ref.BINS), minlength=ref.BINS) for x in (a, b)]
    labels = sorted(set(real) | set(synthetic))
    return [x.value_counts().reindex(labels, fill_value=0).to_numpy() for x in (real, synthetic)]


def js(p, q):
    p, q = p / p.sum(), q / q.sum()
    m = (p + q) / 2
    return float(sum(0.5 * x * np.log(x / y) for a in (p, q) for x, y in zip(a, m) if x > 0))


def cramers_v(a, b):
    table = pd.crosstab(a, b).to_numpy().astype(float)
    r, c = table.shape
    if r < 2 or c < 2:
        return None
    n = table.sum()
    expected = table.sum(1, keepdims=True) * table.sum(0, keepdims=True) / n
    phi = max(0.0, ((table - expected) ** 2 / expected).sum() / n - (r - 1) * (c - 1) / (n - 1))
    r, c = r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)
    return float(np.sqrt(phi / min(r - 1, c - 1)))


def strength(ref, real, table, first, second):
    numeric = [ref.is_numeric_here(real[c["name"]], c["kind"]) for c in (first, second)]
    if all(numeric):
        a, b = (ref.numbers(table[c["name"]]) for c in (first, second))
        keep = ~(np.isnan(a) | np.isnan(b))
        a, b = a[keep], b[keep]
        return float(abs(np.corrcoef(a, b)[0, 1])) if a.min() < a.max() and b.min() < b.max() else None
    parts = []
    for column, is_numeric in zip((first, second), numeric):
        if is_numeric:
            of_real = ref.numbers(real[column["name"]])
            parts.append(ref.binned(ref.numbers(table[column["name"]]), np.nanmin(of_real), np.nanmax(of_real), ref.PAIR_BINS))
        else:
            parts.append(table[column["name"]].to_numpy())
    return cramers_v(*parts)


def main(reference):
    sys.path.insert(0, reference)
    import seed_reference as ref

    HERE.mkdir(exist_ok=True)
    real, synthetic = tables()
    real.to_csv(HERE / "real.csv", index=False, lineterminator="\n")
    synthetic.to_csv(HERE / "synthetic.csv", index=False, lineterminator="\n")
    columns = [dict(name=name, kind=ref.column_kind(real[name])) for name in real]
    expected = dict(columns=[], pairs=[], scores=ref.scores(real, synthetic, columns))
    for column in columns:
        a, b = real[column["name"]], synthetic[column["name"]]
        p, q = counts_of(ref, a, b, column["kind"])
        expected["columns"].append(column | ref.column_metrics(a, b, column["kind"]) | dict(
            kl_reverse=ref.kl_divergence(q, p), js=js(p, q), missing_real=float((a == "").mean()), missing_synthetic=float((b == "").mean())))
    for i, first in enumerate(columns):
        for second in columns[i + 1:]:
            expected["pairs"].append(dict(first=first["name"], second=second["name"],
                                          similarity=ref.pair_similarity(real, synthetic, first, second),
                                          real=strength(ref, real, real, first, second),
                                          synthetic=strength(ref, real, synthetic, first, second)))
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
