"""Whatever holds a table, as a table of the library."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, Union

from . import _core
from ._progress import listening, log


class ArrowStream(Protocol):
    """pandas, Polars, pyarrow, DuckDB and others: whatever gives an Arrow stream."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


#: A CSV file's path, or an object with a table inside.
Data = Union[str, "os.PathLike[str]", ArrowStream]


def listed(names: str | Iterable[str] | None) -> list[str]:
    """One text stands for a list of one."""
    if names is None:
        return []
    return [names] if isinstance(names, str) else list(names)


def _stream_of(data: Any) -> object:
    module = type(data).__module__.partition(".")[0]
    if module == "pandas" and hasattr(data, "columns"):
        try:
            import pyarrow
        except ImportError:
            raise ImportError(
                "a pandas data frame needs pyarrow to be handed on: pip install pyarrow"
            ) from None
        # The index is no column; pandas would make one of it.
        data = pyarrow.Table.from_pandas(data, preserve_index=False)
    elif module == "polars" and hasattr(data, "collect"):
        data = data.collect()
    if hasattr(data, "__arrow_c_stream__"):
        return data.__arrow_c_stream__()
    raise TypeError(
        f"data is a {type(data).__name__}; it must be the path of a CSV file, or a table of pandas, "
        "Polars, pyarrow, DuckDB or anything else with __arrow_c_stream__"
    )


def read_options(
    *,
    label: str | Iterable[str] | None = None,
    continuous: str | Iterable[str] | None = None,
    drop: str | Iterable[str] | None = None,
    key: str | Iterable[str] | None = None,
    keep: str | Iterable[str] | None = None,
    datetime: str | Iterable[str] | Mapping[str, str | None] | None = None,
    missing: str | Iterable[str] | None = None,
    find_missing: bool = True,
    rules: str | Iterable[str] | None = None,
    find_rules: bool = True,
    rename: Mapping[str, str] | None = None,
    delimiter: str | None = None,
    encoding: str = "auto",
    comment: str = "",
    skip: int = 0,
    skip_last: int = 0,
    threads: int = 0,
) -> _core.ReadOptions:
    """What the columns are taken for; docs/python.md."""
    options = _core.ReadOptions()
    options.label = listed(label)
    options.continuous = listed(continuous)
    options.drop = listed(drop)
    options.key = listed(key)
    options.keep = listed(keep)
    formats = datetime if isinstance(datetime, Mapping) else dict.fromkeys(listed(datetime), "")
    options.datetime = [(name, form or "") for name, form in formats.items()]
    options.missing = listed(missing)
    options.find_missing = find_missing
    options.rules = listed(rules)
    options.find_rules = find_rules
    options.rename = list((rename or {}).items())
    if delimiter is not None:
        options.delimiter = delimiter
    options.set_encoding(encoding)
    options.comment = comment
    options.skip = skip
    options.skip_last = skip_last
    options.threads = threads
    return options


def table_of(
    data: Any, *, progress: bool = False, like: _core.Table | None = None, **columns: Any
) -> _core.Table:
    """`like`: a table that this one is to be compared with, whose kinds it gets."""
    if isinstance(data, _core.Table):
        return data
    if hasattr(data, "_table"):  # generated rows know their own kinds
        rows: _core.Table = data._table(progress)
        return rows
    options = read_options(**columns)
    with listening(progress) as listener:
        if isinstance(data, (str, os.PathLike)):
            table = _core.Table.from_csv(os.fspath(data), options, like, listener)
        else:
            table = _core.Table.from_stream(_stream_of(data), options, like, listener)
    if like is None:
        for name in table.empty_columns:
            warnings.warn(f"column {name!r} is empty in all rows, and stays so", stacklevel=3)
        for note in table.notes:
            log.info(note)
    return table


def table_like(data: Any, real: _core.Table, drop: list[str], **how: Any) -> _core.Table:
    """A table to be compared with another one."""
    table = table_of(data, like=real, **how)
    table.leave_out(drop)
    return table
