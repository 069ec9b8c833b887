"""Mixed tables that come with installed packages, or are made here or by `cuvae simulate`.

Each entry of TABLES makes a frame of text cells ('' is missing) and says what to predict in it.
"""
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np
import pandas as pd


@dataclass
class Dataset:
    origin: str
    target: str
    make: Callable[[str], pd.DataFrame]


def as_text(frame):
    """Cells as a file has them: whole numbers without a point, nothing where a value is missing."""
    text = pd.DataFrame()
    for name in frame:
        column = frame[name]
        if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
            column = column.astype("Int64")
        text[name] = column.astype("string").fillna("").astype(object)
    return text


def placements(cuvae):
    import sdmetrics
    folder = Path(sdmetrics.__file__).parent / "demos" / "single_table"
    cells = pd.read_csv(folder / "student_placements_real.csv", dtype=str, keep_default_na=False)
    return cells.drop(columns="student_id")


def affairs(cuvae):
    from statsmodels.datasets import fair
    frame = fair.load_pandas().data
    # The published codes of this survey, spelled out, so that labels are labels.
    jobs = {1: "student", 2: "farming", 3: "white-collar", 4: "teacher", 5: "administrative", 6: "professional"}
    marriage = {1: "very poor", 2: "poor", 3: "fair", 4: "good", 5: "very good"}
    for name in ("occupation", "occupation_husb"):
        frame[name] = frame[name].map(jobs)
    frame["rate_marriage"] = frame["rate_marriage"].map(marriage)
    frame["affair"] = np.where(frame["affairs"] > 0, "yes", "no")
    return as_text(frame.drop(columns="affairs"))


def visits(cuvae):
    from statsmodels.datasets import randhie
    frame = randhie.load_pandas().data
    frame["visited"] = np.where(frame.pop("mdvis") > 0, "yes", "no")
    return as_text(frame)


def votes(cuvae):
    from statsmodels.datasets import anes96
    frame = anes96.load_pandas().data.drop(columns="logpopul")
    frame["vote"] = frame["vote"].map({0: "Clinton", 1: "Dole"})
    return as_text(frame)


def policies(cuvae, rows=10_000):
    """Insurance policies from a known law: labels that depend on each other, skewed and two-peaked
    numbers with decimals, dates, a column computed from others, and cells missing for a reason."""
    random = np.random.default_rng(20)
    region = random.choice(8, rows, p=[.28, .2, .15, .12, .1, .07, .05, .03])
    cover = np.array(["basic", "plus", "full"])[(random.random(rows) * 3 * (0.6 + region / 12)).astype(int).clip(0, 2)]
    age = np.where(random.random(rows) < 0.3, random.normal(24, 3, rows), random.normal(52, 11, rows)).clip(18, 92)
    value = np.round(np.exp(random.normal(9.3, 0.5, rows) + 0.01 * (age - 40)), -2)
    price = np.round(120 + 0.021 * value * (1.6 - 0.01 * age) * np.select([cover == "basic", cover == "plus"], [1, 1.35], 1.8)
                     + random.gamma(2, 9, rows), 2)
    start = pd.Timestamp("2019-01-01") + pd.to_timedelta(random.integers(0, 2100, rows), unit="D")
    made = random.random(rows) < 1 / (1 + np.exp(2.4 - 0.8 * (cover == "full") - 2.2 * (age < 27) + 0.02 * (age - 40)))
    claim = np.where(made, np.round(np.minimum(np.exp(random.normal(6.7, 1, rows)), value), 2), np.nan)
    frame = pd.DataFrame({
        "region": np.array(["North", "South", "East", "West", "Centre", "Coast", "Hills", "Isles"])[region],
        "office": ["{}{:02d}".format("NSEWCKHI"[r], k) for r, k in zip(region, random.zipf(1.6, rows).clip(1, 30))],
        "cover": cover, "age": age.astype(int), "value": value, "price": price,
        "discount": np.where(random.random(rows) < 0.35, random.choice([5, 10, 15, 20], rows), np.nan),
        "start": start.strftime("%Y-%m-%d"), "claim": claim,
        "settled": np.where(made, np.where(random.random(rows) < 0.8, "yes", "no"), ""),
        "renewed": np.where(random.random(rows) < 0.55 + 0.25 * (age > 40) - 0.3 * made, "yes", "no"),
    })
    return as_text(frame)


def cards(cuvae):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cards.csv"
        subprocess.run([cuvae, "simulate", "-n", "10000", "--seed", "1", "-o", path, "--quiet"], check=True)
        return pd.read_csv(path, dtype=str, keep_default_na=False)


TABLES = {
    "placements": Dataset("student placements, the demonstration table of SDMetrics", "mba_spec", placements),
    "affairs": Dataset("Fair's survey of extramarital affairs, statsmodels, published codes spelled out", "affair", affairs),
    "visits": Dataset("RAND health insurance experiment, statsmodels", "visited", visits),
    "votes": Dataset("American national election study 1996, statsmodels", "vote", votes),
    "policies": Dataset("made by bench/quality/datasets.py: dates, skewed numbers, cells missing for a reason", "renewed",
                        policies),
    "cards": Dataset("`cuvae simulate -n 10000 --seed 1`", "Use Chip", cards),
}
