"""pandas: the card table to codes scaled to [0, 1], and to CSV."""
import numpy as np
import pandas as pd

PACKAGE = "pandas"


def load(path, threads):
    return pd.read_csv(path, keep_default_na=False, na_values=[""])


def encode(frame, threads):
    matrix = np.empty(frame.shape, np.float32)
    for j, name in enumerate(frame):
        if name == "Amount":
            values = frame[name].str.slice(1).astype(float).to_numpy()
            values = np.where(np.isnan(values), np.nanmean(values), values)
        else:
            codes, labels = pd.factorize(frame[name], sort=True)
            values = np.where(codes < 0, len(labels), codes).astype(float)
        low, high = values.min(), values.max()
        matrix[:, j] = (values - low) / (high - low if high > low else 1)
    return matrix


def write(frame, path, threads):
    frame.to_csv(path, index=False)


def head(frame, rows):
    return frame.head(rows)
