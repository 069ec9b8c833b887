"""Polars: the card table to codes scaled to [0, 1], and to CSV. Threads: POLARS_MAX_THREADS."""
import numpy as np
import polars as pl

PACKAGE = "polars"
TYPES = {"Merchant Name": pl.Int64, "Zip": pl.Float64, "Merchant State": pl.String, "Errors?": pl.String}


def load(path, threads):
    return pl.read_csv(path, schema_overrides=TYPES)


def scaled(name):
    if name == "Amount":
        values = pl.col(name).str.slice(1).cast(pl.Float64)
        values = values.fill_null(values.mean())
    else:
        codes = pl.col(name).rank("dense").cast(pl.Float64)
        values = codes.fill_null(codes.max() + 1)
    span = values.max() - values.min()
    return ((values - values.min()) / pl.when(span > 0).then(span).otherwise(1.0)).cast(pl.Float32)


def encode(frame, threads):
    columns = frame.select(scaled(name).alias(name) for name in frame.columns)
    matrix = np.empty(frame.shape, np.float32)
    for j, name in enumerate(columns.columns):
        matrix[:, j] = columns[name].to_numpy()
    return matrix


def write(frame, path, threads):
    frame.write_csv(path)


def head(frame, rows):
    return frame.head(rows)
