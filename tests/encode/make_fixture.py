#!/usr/bin/env python3
"""Writes the encoding fixtures: CSV files and what the recipe makes of them, in NumPy's float64.

    python3 tests/encode/make_fixture.py tests/data/encode

The rules are restated here in plain Python (they are those of docs/recipe.md): the point is that nothing of the C++
code takes part. Needs NumPy.
"""
import csv
import io
import json
import random
import re
import sys
from pathlib import Path

import numpy as np

WHOLE = re.compile(r"[+-]?[0-9]+(\.0*)?")
TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def is_number(text):
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def whole(text):
    return int(text.partition(".")[0])


def kind_of(cells):
    present = {c for c in cells if c}
    if not present:
        return "label"
    if all(c.startswith(("$", "-$")) and is_number(c.replace("$", "")) for c in present):
        return "currency"
    if all(WHOLE.fullmatch(c) for c in present):
        return "ordinal" if all(abs(whole(c)) <= 2**53 for c in present) else "label"
    if all(is_number(c) for c in present):
        return "continuous"
    ordered = all(TIME.fullmatch(c) for c in present) or all(DATE.fullmatch(c) for c in present)
    return "ordinal" if ordered else "label"


def encode(cells):
    kind = kind_of(cells)
    column = {"kind": kind}
    if kind in ("ordinal", "label"):
        present = {c for c in cells if c}
        if all(WHOLE.fullmatch(c) for c in present):
            labels = sorted(present, key=lambda c: (whole(c), c))
        else:
            labels = sorted(present)
        if "" in cells:
            labels.append("")
        code = {label: i for i, label in enumerate(labels)}
        column["labels"] = labels
        values = np.array([code[c] for c in cells], dtype=float)
    else:
        values = np.array([float(c.replace("$", "")) if c else np.nan for c in cells])
        column["mean"] = float(np.nanmean(values))
        values = np.where(np.isnan(values), column["mean"], values)
    column["minimum"], column["maximum"] = float(values.min()), float(values.max())
    span = column["maximum"] - column["minimum"]
    scaled = (values - column["minimum"]) / (span if span > 0 else 1.0)
    column["encoded"] = scaled.astype(np.float32).astype(float).tolist()
    return column


def write(folder, name, header, columns, delimiter=",", newline="\n", mark=""):
    rows = list(zip(*columns))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=newline)
    writer.writerow(header)
    writer.writerows(rows)
    (folder / f"{name}.csv").write_bytes((mark + text.getvalue()).encode())
    expected = [{"name": n, **encode(list(c))} for n, c in zip(header, columns)]
    (folder / f"{name}.json").write_text(json.dumps({"rows": len(rows), "columns": expected}, indent=0) + "\n")


def sometimes_missing(rng, cells, share):
    return ["" if rng.random() < share else c for c in cells]


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(20)
    rows = 700
    def many(make):
        return [make() for _ in range(rows)]
    columns = {
        "amount": many(lambda: f"${rng.choice(['', '', '', '-'])}{rng.lognormvariate(3, 1.5):.2f}"),
        "amount, some missing": sometimes_missing(rng, many(lambda: f"${rng.uniform(-40, 4000):.2f}"), 0.1),
        "minus before the dollar": many(lambda: f"{rng.choice(['-$', '$', '$-'])}{rng.randrange(1, 99)}"),
        "number": many(lambda: f"{rng.gauss(0, 1e3):.{rng.randrange(1, 9)}f}"),
        "number, some missing": sometimes_missing(rng, many(lambda: repr(rng.gauss(5, 2))), 0.2),
        "exponents": many(lambda: f"{rng.gauss(0, 1):.5e}"),
        "time": sometimes_missing(rng, many(lambda: f"{rng.randrange(24):02}:{rng.randrange(60):02}"), 0.05),
        "seconds": many(lambda: f"{rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"),
        "date": many(lambda: f"{rng.randrange(1990, 2021)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"),
        "zip": sometimes_missing(rng, many(lambda: f"{rng.randrange(500, 99999)}.0"), 0.1),
        "spellings": many(lambda: rng.choice(["7", "07", "7.0", "+7", "-7", "-3.", "0", "-0", "12"])),
        "beyond a double": many(lambda: str(rng.randrange(-2**63, 2**63) // rng.choice([1, 10**12]))),
        "constant": ["5"] * rows,
        "constant amount": ["$0.10"] * rows,
        "constant, some missing": sometimes_missing(rng, ["0.1"] * rows, 0.3),
        "text": sometimes_missing(rng, many(lambda: rng.choice(
            ["La Verne", "Zürich", " ONLINE", "Bad PIN,", "a \"word\"", "two\nlines", "東京", "B", "b", "semi;colon"])), 0.1),
    }
    header, cells = list(columns), list(columns.values())
    write(folder, "kinds", header, cells)
    write(folder, "kinds_semicolon_crlf_mark", header, [c[:90] for c in cells], ";", "\r\n", "\ufeff")


if __name__ == "__main__":
    main()
