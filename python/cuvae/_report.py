"""How close synthetic rows are to real ones."""

from __future__ import annotations

import html
import json
import os
import tempfile
from typing import Any

from . import _core
from ._data import Data, listed, table_like, table_of
from ._model import Model, Rows
from ._progress import listening


def write_whole(path: str | os.PathLike[str], text: str, overwrite: bool) -> None:
    """The file gets its name when it is complete."""
    path = os.fspath(path)
    if not overwrite and os.path.exists(path):
        raise _core.UsageError(f"{path} exists; give another name, or overwrite=True")
    handle, unfinished = tempfile.mkstemp(dir=os.path.dirname(path) or ".", suffix=".part")
    try:
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(handle, 0o666 & ~mask)
        with open(handle, "w", encoding="utf-8", newline="") as out:
            out.write(text)
        os.replace(unfinished, path)
    except BaseException:
        os.unlink(unfinished)
        raise


class Report:
    """Metrics of two tables. In a notebook it shows itself."""

    def __init__(self, core: _core.Evaluation, title: str, model: Model | None) -> None:
        self._core = core
        self._title = title
        self._model = model
        #: All that the tool writes to metrics.json; docs/metrics.md.
        self.metrics: dict[str, Any] = json.loads(core.json())

    @property
    def scores(self) -> dict[str, float]:
        """The overall scores, "quality" among them; 1 is best but for "mean_kl"."""
        scores: dict[str, float] = self.metrics["scores"]
        return scores

    def html(self) -> str:
        """The report as one page that needs nothing else."""
        made_by = [("Version", f"cuvae {_core.version()}")]
        model = None if self._model is None else self._model._core
        return self._core.html(self._title, model, made_by)

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = True) -> None:
        """Writes html()."""
        write_whole(path, self.html(), overwrite)

    def _repr_html_(self) -> str:
        page = html.escape(self.html(), quote=True)
        return f'<iframe srcdoc="{page}" width="100%" height="800" frameborder="0"></iframe>'

    def __repr__(self) -> str:
        known = {name: value for name, value in self.scores.items() if value is not None}
        scores = ", ".join(f"{name} {value:.3f}" for name, value in known.items())
        return f"<cuvae.Report: {scores}>"


def name_of(data: object, otherwise: str) -> str:
    """A file's name, for titles."""
    return os.path.basename(data) if isinstance(data, (str, os.PathLike)) else otherwise


def evaluate(
    real: Data,
    synthetic: Data,
    holdout: Data | None = None,
    *,
    target: str | None = None,
    title: str | None = None,
    device: str = "auto",
    threads: int = 0,
    progress: bool = True,
    **columns: Any,
) -> Report:
    """Compares synthetic rows with those that the model learned from.

    holdout: real rows that the model has not seen: adds a privacy check.
    target: a column; how well boosted trees predict it from what synthetic rows teach.
    columns: what columns of the real table are taken for, as in train().
    """
    how: dict[str, Any] = {"threads": threads, "progress": progress}
    real_table = table_of(real, **how, **columns)
    drop = listed(columns.get("drop"))
    others = [
        None if data is None else table_like(data, real_table, drop, **how)
        for data in (synthetic, holdout)
    ]
    assert others[0] is not None
    if title is None:
        title = name_of(synthetic, "synthetic rows")
    with listening(progress) as listener:
        core = _core.evaluate(
            real_table, others[0], others[1], target or "", device, threads, listener
        )
    return Report(core, title, synthetic.model if isinstance(synthetic, Rows) else None)
