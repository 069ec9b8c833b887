"""ctgan's TVAE with its defaults, from a CSV file to a CSV file.

TVAE takes neither missing numbers nor dates, and gives numbers with all their digits. What SDV's
TVAE synthesizer does about that is done here: a missing number becomes the mean, and a label
beside it says so and is obeyed when rows are drawn; numbers are rounded to their column's decimals
and kept within its range; times are minutes and dates are days.
"""
import random

import numpy as np
import pandas as pd
import torch
from ctgan import TVAE


def minutes_as_time(values):
    return [f"{int(v) // 60:02d}:{int(v) % 60:02d}" for v in values]


def days_as_date(values):
    return pd.Series(pd.to_datetime(values, unit="D", origin="1970-01-01")).dt.strftime("%Y-%m-%d").to_numpy()


class Spelling:
    """How a numeric column's cells are written."""

    def __init__(self, cells):
        present = cells[cells != ""]
        self.dollar = present.str.contains("$", regex=False).any()
        self.time = present.str.fullmatch(r"\d\d:\d\d").all()
        self.date = present.str.fullmatch(r"\d{4}-\d\d-\d\d").all()
        self.decimals = int(present.str.extract(r"\.(\d+)$", expand=False).fillna("").str.len().max())

    def write(self, values):
        if self.time:
            return minutes_as_time(np.rint(values))
        if self.date:
            return days_as_date(np.rint(values))
        return [f"{'$' if self.dollar else ''}{v:.{self.decimals}f}" for v in values]


def learn_and_draw(reader, training, output, rows, seed, epochs=300):
    cells = pd.read_csv(training, dtype=str, keep_default_na=False, encoding_errors="surrogateescape")
    table = reader.read(training)
    frame, labels = pd.DataFrame(), []
    for name, numeric in reader.numeric.items():
        frame[name] = table[name].fillna(table[name].mean()) if numeric else table[name]
        if not numeric:
            labels.append(name)
        elif table[name].isna().any():
            frame[f"{name} is missing"] = table[name].isna().map({True: "yes", False: "no"})
            labels.append(f"{name} is missing")
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    model = TVAE(epochs=epochs, enable_gpu=False)
    model.fit(frame, labels)
    drawn = model.sample(rows)
    result = pd.DataFrame()
    for name, numeric in reader.numeric.items():
        if not numeric:
            result[name] = drawn[name]
            continue
        values = drawn[name].to_numpy(float).clip(frame[name].min(), frame[name].max())
        result[name] = Spelling(cells[name]).write(values)
        if f"{name} is missing" in drawn:
            result.loc[(drawn[f"{name} is missing"] == "yes").to_numpy(), name] = ""
    result.to_csv(output, index=False)
