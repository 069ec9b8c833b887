"""Synthetic tables from a small variational autoencoder.

    import cuvae

    model = cuvae.train(frame)                  # a data frame, an Arrow table or a CSV file
    synthetic = model.sample(1_000_000).to_pandas()

The same data, options and seed give the same bits as the tool `cuvae`, on every device.
"""

from ._core import DataError, DeviceError, Error, Interrupted, UsageError, devices, version
from ._data import Data
from ._model import Model, Rows, Synthesizer, train
from ._progress import Callback, Epoch
from ._report import Report, evaluate
from ._run import Run, run

fit = train

__version__ = version()

__all__ = [
    "Callback",
    "Data",
    "DataError",
    "DeviceError",
    "Epoch",
    "Error",
    "Interrupted",
    "Model",
    "Report",
    "Rows",
    "Run",
    "Synthesizer",
    "UsageError",
    "devices",
    "evaluate",
    "fit",
    "run",
    "train",
]
