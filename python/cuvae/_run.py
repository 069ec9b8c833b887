"""The whole job."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from . import _core
from ._data import Data, table_of
from ._model import Model, train
from ._report import Report, evaluate, name_of, write_whole


class Run(NamedTuple):
    """What run() made."""

    model: Model
    report: Report
    folder: Path


def run(
    data: Data,
    folder: str | os.PathLike[str],
    *,
    rows: int = 2_000_000,
    holdout_share: float = 0,
    target: str | None = None,
    seed: int = 0,
    device: str = "auto",
    threads: int = 0,
    overwrite: bool = False,
    progress: bool = True,
    columns: Mapping[str, Any] | None = None,
    **training: Any,
) -> Run:
    """Trains, generates and evaluates, as `cuvae run` does. The folder gets model.safetensors,
    synthetic.csv, report.html and metrics.json.

    holdout_share: share of the rows to keep from training, for a privacy check.
    columns: what columns are taken for, as in train(): {"drop": ["id"]}.
    training: further options of train().
    """
    place = Path(folder)
    names = ("model.safetensors", "synthetic.csv", "report.html", "metrics.json")
    there = [name for name in names if (place / name).exists()]
    if there and not overwrite:
        raise _core.UsageError(f"{place / there[0]} exists; give another folder, or overwrite=True")
    place.mkdir(parents=True, exist_ok=True)
    real = table_of(data, threads=threads, progress=progress, **(columns or {}))
    holdout = None
    if holdout_share > 0:
        real, holdout = real.split(holdout_share, seed)
    where: dict[str, Any] = {"device": device, "threads": threads}
    # Tables of the library's own are data too, but nobody else's business.
    table: Any = real
    kept: Any = holdout
    model = train(table, seed=seed, progress=progress, **where, **training)
    synthetic = model.sample(rows, seed=seed, **where)
    model.save(place / names[0], overwrite=overwrite)
    synthetic.to_csv(place / names[1], overwrite=overwrite, progress=progress)
    title = name_of(data, "table")
    report = evaluate(
        table, synthetic, kept, target=target, title=title, progress=progress, **where
    )
    report.save(place / names[2], overwrite=overwrite)
    write_whole(place / names[3], json.dumps(report.metrics, indent=2) + "\n", overwrite)
    return Run(model, report, place)
