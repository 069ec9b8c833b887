"""Training, models and their rows."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from typing import Any

from . import _core
from ._data import Data, listed, table_of
from ._progress import Callback, listening


class Rows:
    """Rows of a model's endless table, made when they are asked for: as a stream of Arrow, a data
    frame or a CSV file. Asking again gives the same rows."""

    def __init__(
        self,
        model: Model,
        rows: int,
        *,
        seed: int = 0,
        first_row: int = 0,
        where: str | Iterable[str] | None = None,
        balance: str | None = None,
        exact_decimals: bool = False,
        batch_rows: int = 65_536,
        device: str = "auto",
        threads: int = 0,
    ) -> None:
        self.model = model
        self._rows = rows
        self._which = (rows, first_row, seed, listed(where), balance or "")
        self._exact_decimals = exact_decimals
        self._batch_rows = batch_rows
        self._where_made = (device, threads)

    def __len__(self) -> int:
        return self._rows

    def __repr__(self) -> str:
        return f"<cuvae.Rows: {self._rows:,} rows, not made yet>"

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The Arrow PyCapsule interface. Rows are made a few batches ahead of the reader."""
        return self.model._core.stream(
            *self._which, self._exact_decimals, self._batch_rows, *self._where_made
        )

    def to_arrow(self) -> Any:
        """A pyarrow.Table."""
        import pyarrow

        return pyarrow.RecordBatchReader.from_stream(self).read_all()

    def to_pandas(self) -> Any:
        """A pandas.DataFrame; labels are categories."""
        return self.to_arrow().to_pandas()

    def to_polars(self) -> Any:
        """A polars.DataFrame; labels are categories."""
        import polars

        return polars.DataFrame(self)

    def batches(self) -> Iterator[Any]:
        """The rows as pyarrow.RecordBatches, one after the other, in bounded memory."""
        import pyarrow

        yield from pyarrow.RecordBatchReader.from_stream(self)

    def to_csv(
        self,
        path: str | os.PathLike[str],
        *,
        header: bool | None = None,
        escape_formulas: bool = False,
        overwrite: bool = True,
        progress: bool = False,
    ) -> None:
        """Writes what `cuvae generate` writes, byte for byte, in the original spellings. The file
        gets its name when it is complete. header: None writes it before row 0 alone, so that the
        files of parts make the file of the whole."""
        if header is None:
            header = self._which[1] == 0
        with listening(progress) as listener:
            self.model._core.write_csv(
                os.fspath(path),
                *self._which,
                header,
                escape_formulas,
                overwrite,
                *self._where_made,
                listener,
            )

    def _table(self, progress: bool) -> _core.Table:
        with listening(progress) as listener:
            return self.model._core.table(*self._which, *self._where_made, listener)


class Model:
    """A trained model. Pickling keeps the bytes of its file."""

    def __init__(self, core: _core.Model) -> None:
        self._core = core

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Model:
        """Reads a model file of this package or of the tool. Nothing in it is executed."""
        return cls(_core.Model.load(os.fspath(path)))

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = True) -> None:
        """Writes a safetensors file, which appears whole or not at all."""
        self._core.save(os.fspath(path), overwrite)

    def to_bytes(self) -> bytes:
        """The content of its file."""
        return self._core.to_bytes()

    @classmethod
    def from_bytes(cls, content: bytes) -> Model:
        return cls(_core.Model.from_bytes(content))

    def __reduce__(self) -> tuple[Any, tuple[bytes]]:
        return Model.from_bytes, (self.to_bytes(),)

    def __repr__(self) -> str:
        columns = len(self.schema["columns"])
        return f"<cuvae.Model: {self.settings['recipe']}, {columns} columns>"

    def sample(
        self,
        rows: int,
        *,
        seed: int = 0,
        first_row: int = 0,
        where: str | Iterable[str] | None = None,
        balance: str | None = None,
        exact_decimals: bool = False,
        device: str = "auto",
        threads: int = 0,
    ) -> Rows:
        """Rows `first_row` and following of the endless table of this seed.

        where: conditions that all rows meet, such as "Amount>100" or "Use Chip=Chip Transaction".
        balance: a column; as many rows of each of its labels.
        exact_decimals: amounts and numbers of fixed decimals as decimal128 instead of float64.
        """
        return Rows(
            self,
            rows,
            seed=seed,
            first_row=first_row,
            where=where,
            balance=balance,
            exact_decimals=exact_decimals,
            device=device,
            threads=threads,
        )

    def sample_batches(
        self, rows: int, *, batch_rows: int = 65_536, **options: Any
    ) -> Iterator[Any]:
        """The same rows as pyarrow.RecordBatches, one after the other, in bounded memory."""
        return Rows(self, rows, batch_rows=batch_rows, **options).batches()

    def generate(self, path: str | os.PathLike[str], rows: int, **options: Any) -> None:
        """Writes rows as CSV: sample(rows, ...).to_csv(path, ...)."""
        how = ("header", "escape_formulas", "overwrite", "progress")
        writing = {name: options.pop(name) for name in how if name in options}
        self.sample(rows, **options).to_csv(path, **writing)

    @property
    def schema(self) -> dict[str, Any]:
        """How each column is encoded; docs/model-file.md."""
        schema: dict[str, Any] = json.loads(self._core.schema)
        return schema

    @property
    def settings(self) -> dict[str, Any]:
        """Recipe and every number that decided the training."""
        settings: dict[str, Any] = json.loads(self._core.settings)
        return settings

    @property
    def history(self) -> list[dict[str, float]]:
        """Losses of each epoch: "reconstruction" and "kl"."""
        history: list[dict[str, float]] = json.loads(self._core.history)
        return history

    @property
    def parameters(self) -> int:
        """Number of trained parameters."""
        return self._core.parameters

    @property
    def version(self) -> str:
        """Of the library that trained it."""
        return self._core.version


def train(
    data: Data,
    *,
    recipe: str = "best",
    epochs: int | None = None,
    batch_size: int | None = None,
    latent: int | None = None,
    learning_rate: float | None = None,
    kl_weight: float | None = None,
    hidden: tuple[int, int] | None = None,
    loss: str | None = None,
    width: int | None = None,
    validation: float | None = None,
    together: Iterable[Iterable[str]] = (),
    condition: str | Iterable[str] = (),
    protect_rare: int | None = None,
    person: str = "",
    protect_star: bool = False,
    seed: int = 0,
    device: str = "auto",
    threads: int = 0,
    progress: bool = True,
    callback: Callback | None = None,
    **columns: Any,
) -> Model:
    """Learns a table. What is None follows from recipe and table.

    data: the path of a CSV file, or a table of pandas, Polars, pyarrow, DuckDB or anything else that
        speaks Arrow. The same cells give the same model from a frame as from a file.
    columns: what columns are taken for: label, continuous, drop, key, keep (names of columns),
        datetime (names, or {name: format}), missing (texts), find_missing, rules, find_rules,
        rename ({old: new}); and how a file is read: delimiter, encoding, comment, skip, skip_last.
        All are as `cuvae train` has them.
    together: groups of columns to take as one; condition: columns to draw first.
    device: "auto", "cpu", "cuda" or "cuda:N".
    progress: bars, where tqdm is installed.
    callback: is called with an Epoch after each one; False stops with cuvae.Interrupted, and what it
        raises comes out of here, as KeyboardInterrupt does.
    """
    options = _core.TrainOptions()
    options.set_recipe(recipe)
    if loss is not None:
        options.set_loss(loss)
    options.epochs = epochs
    options.batch_size = batch_size
    options.latent = latent
    options.learning_rate = learning_rate
    options.kl_weight = kl_weight
    options.hidden = hidden
    options.width = width
    options.validation = validation
    options.together = [list(group) for group in together]
    options.condition = listed(condition)
    options.protect_rare = protect_rare
    options.person = person
    options.protect_star = protect_star
    options.seed = seed
    table = table_of(data, threads=threads, progress=progress, **columns)
    with listening(progress, callback) as listener:
        return Model(_core.train(table, options, device, threads, listener))


class Synthesizer:
    """The same in the words of other libraries: Synthesizer(epochs=30).fit(frame).sample(1000)."""

    def __init__(self, **options: Any) -> None:
        """Options of train()."""
        self._options = options
        self._model: Model | None = None

    def fit(self, data: Data) -> Synthesizer:
        self._model = train(data, **self._options)
        return self

    @property
    def model(self) -> Model:
        if self._model is None:
            raise _core.UsageError("there is no model yet; call fit() first")
        return self._model

    def sample(self, rows: int, **options: Any) -> Rows:
        """As Model.sample()."""
        return self.model.sample(rows, **options)

    def save(self, path: str | os.PathLike[str], **options: Any) -> None:
        self.model.save(path, **options)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Synthesizer:
        made = cls()
        made._model = Model.load(path)
        return made
