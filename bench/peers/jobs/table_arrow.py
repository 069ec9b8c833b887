"""Arrow (pyarrow) and NumPy: the card table to codes scaled to [0, 1], and to CSV."""
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

PACKAGE = "pyarrow"


def load(path, threads):
    pa.set_cpu_count(threads)
    convert = csv.ConvertOptions(column_types={"Zip": pa.float64(), "Errors?": pa.string()},
                                 strings_can_be_null=True, null_values=[""])
    return csv.read_csv(path, csv.ReadOptions(use_threads=threads > 1), convert_options=convert)


def encode(table, threads):
    matrix = np.empty(table.shape, np.float32)
    for j, name in enumerate(table.column_names):
        column = table[name].combine_chunks()
        if name == "Amount":
            values = pc.utf8_slice_codeunits(column, 1).cast(pa.float64()).to_numpy(zero_copy_only=False)
            values = np.where(np.isnan(values), np.nanmean(values), values)
            low, high = values.min(), values.max()
            matrix[:, j] = (values - low) / (high - low)
            continue
        coded = column.dictionary_encode()
        labels = len(coded.dictionary)
        place = np.empty(labels + 1)
        place[pc.sort_indices(coded.dictionary).to_numpy()] = np.arange(labels)
        place[labels] = labels
        highest = labels if column.null_count else labels - 1
        place = (place / max(highest, 1)).astype(np.float32)
        matrix[:, j] = place[coded.indices.fill_null(labels).to_numpy()]
    return matrix


def write(table, path, threads):
    csv.write_csv(table, path)


def head(table, rows):
    return table.slice(0, rows)
