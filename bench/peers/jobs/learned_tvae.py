"""ctgan's TVAE with its defaults: passes over the table with its own network, and rows to a CSV file."""
import os
import time

import pandas as pd
import torch
from ctgan import TVAE

PACKAGE = "ctgan"
torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


def whole(o):
    frame = pd.read_csv(o.csv, dtype=str, keep_default_na=False)
    frame["Amount"] = frame["Amount"].str.slice(1).astype(float)
    frame["Time"] = frame["Time"].str.slice(0, 2).astype(int) * 60 + frame["Time"].str.slice(3).astype(int)
    labels = [name for name in frame if name not in ("Amount", "Time")]
    seconds = []
    for epochs in (1, 1 + o.epochs):
        model = TVAE(epochs=epochs, enable_gpu=False)
        start = time.perf_counter()
        model.fit(frame, labels)
        seconds.append(time.perf_counter() - start)
    start = time.perf_counter()
    model.sample(o.rows).to_csv(o.output, index=False)
    drawn = time.perf_counter() - start
    epoch = (seconds[1] - seconds[0]) / o.epochs
    if epoch <= 0:
        raise RuntimeError("the passes are lost in the noise: ask for more --learned-rows")
    return {"seconds": epoch, "train": len(frame) / epoch, "generate": o.rows / drawn}
