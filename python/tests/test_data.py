"""The same cells give the same model, wherever they come from."""

import datetime
import decimal

import pytest

import cuvae


def test_frames_and_files_give_the_same_model(columns, path, options, model):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    assert cuvae.train(pandas.DataFrame(columns), **options).to_bytes() == model.to_bytes()


def test_the_file_that_pandas_writes_is_the_frame(columns, tmp_path, options, model):
    pandas = pytest.importorskip("pandas")
    pandas.DataFrame(columns).to_csv(tmp_path / "frame.csv", index=False)
    assert cuvae.train(tmp_path / "frame.csv", **options).to_bytes() == model.to_bytes()


def test_the_index_of_a_frame_is_no_column(columns, options, model):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frame = pandas.DataFrame(columns)
    frame.index = [f"row {row}" for row in range(len(frame))]
    assert cuvae.train(frame, **options).to_bytes() == model.to_bytes()


def test_categories_are_texts(columns, options, model):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frame = pandas.DataFrame(columns).astype({"town": "category"})
    assert cuvae.train(frame, **options).to_bytes() == model.to_bytes()


def test_polars(columns, options, model):
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(columns)
    for data in (frame, frame.lazy(), frame.with_columns(polars.col("town").cast(polars.Categorical))):
        assert cuvae.train(data, **options).to_bytes() == model.to_bytes()


def test_pyarrow_in_many_chunks(columns, options, model):
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table(columns)
    parts = pyarrow.concat_tables([table.slice(0, 7), table.slice(7, 250), table.slice(257)])
    assert cuvae.train(parts, **options).to_bytes() == model.to_bytes()
    reader = pyarrow.RecordBatchReader.from_batches(table.schema, parts.to_batches())
    assert cuvae.train(reader, **options).to_bytes() == model.to_bytes()


def test_all_types_of_pyarrow(options):
    pyarrow = pytest.importorskip("pyarrow")
    day = datetime.datetime(2024, 2, 29, 13, 7)
    cells = {
        "decimal": pyarrow.array([decimal.Decimal("4.50"), None] * 50, pyarrow.decimal128(9, 2)),
        "flag": [True, False] * 50,
        "large": pyarrow.array(["a", "b"] * 50, pyarrow.large_string()),
        "view": pyarrow.array(["a", "longer than twelve"] * 50, pyarrow.string_view()),
        "day": [day.date()] * 50 + [datetime.date(1969, 12, 31)] * 50,
        "instant": pyarrow.array([day] * 100, pyarrow.timestamp("us")),
        "clock": pyarrow.array([datetime.time(6, 21)] * 100),
        "half": pyarrow.array([0.5, 1.25] * 50, pyarrow.float16()),
        "code": pyarrow.array(["x", "y"] * 50).dictionary_encode(),
        "bytes": pyarrow.array(["u", "v"] * 50).cast(pyarrow.string()),
    }
    table = pyarrow.table(cells)
    model = cuvae.train(table, **options)
    labels = {column["name"]: column.get("labels") for column in model.schema["columns"]}
    assert labels["flag"] == ["false", "true"]
    assert labels["view"] == ["a", "longer than twelve"]
    assert labels["day"] == ["1969-12-31", "2024-02-29"]
    assert labels["clock"] == ["06:21:00"]


def test_nested_columns_are_refused_by_name_unless_dropped(options):
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({"tags": [["a"], ["b"]] * 20, "n": list(range(40))})
    with pytest.raises(cuvae.DataError, match="'tags' holds lists"):
        cuvae.train(table, **options)
    model = cuvae.train(table, drop="tags", **options)
    assert [column["name"] for column in model.schema["columns"]] == ["n"]


def test_duckdb_relations(path, options, model):
    duckdb = pytest.importorskip("duckdb")
    relation = duckdb.sql(f"select * from read_csv('{path}')")
    assert cuvae.train(relation, **options).to_bytes() == model.to_bytes()


def test_nanoarrow(columns, options):
    nanoarrow = pytest.importorskip("nanoarrow")
    made = cuvae.train(nanoarrow.c_array_stream(cuvae.train(
        _stream(columns), **options).sample(50, seed=1)), **options)
    assert len(made.schema["columns"]) == 4


def _stream(columns):
    return pytest.importorskip("pyarrow").table(columns)


def test_timestamps_come_back_as_timestamps(options):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    start = pandas.Timestamp("2024-02-28 13:07:05")
    frame = pandas.DataFrame({
        "when": [start + pandas.Timedelta(hours=row * 5, seconds=row % 50) for row in range(300)],
        "kind": ["a", "b", "c"] * 100,
    })
    made = cuvae.train(frame, **options).sample(200, seed=1).to_pandas()
    assert pandas.api.types.is_datetime64_any_dtype(made["when"])
    assert made["when"].min() >= start
    assert made["when"].max() <= frame["when"].max()


def test_what_columns_are_taken_for(columns, options):
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({**columns, "id": [f"INV-{row * 37:06}" for row in range(600)]})
    model = cuvae.train(table, key="id", label=["year"], **options)
    kinds = {column["name"]: column["kind"] for column in model.schema["columns"]}
    assert (kinds["id"], kinds["year"]) == ("key", "label")
    ids = model.sample(500, seed=1).to_arrow()["id"].to_pylist()
    assert len(set(ids)) == 500 and all(one.startswith("INV-") for one in ids)
    with pytest.raises(TypeError, match="colour"):
        cuvae.train(table, colour="id", **options)


def test_other_things_are_no_data(options):
    with pytest.raises(TypeError, match="data is a int"):
        cuvae.train(7, **options)
    with pytest.raises(cuvae.DataError, match="nowhere.csv"):
        cuvae.train("nowhere.csv", **options)


def test_empty_columns_are_warned_of(options):
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({"n": list(range(40)), "void": pyarrow.nulls(40)})
    with pytest.warns(UserWarning, match="'void' is empty in all rows"):
        cuvae.train(table, **options)
