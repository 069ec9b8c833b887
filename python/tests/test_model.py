"""Models and their rows: the tool's, byte for byte."""

import os
import pickle
import signal
import threading
import time

import pytest

import cuvae


def test_the_tool_makes_the_same_model_and_rows(path, model, tool, tmp_path):
    file = tmp_path / "model.safetensors"
    tool("train", path, "-o", file, "--recipe", "fast", "--epochs", 2, "--seed", 7, "--device", "cpu")
    assert file.read_bytes() == model.to_bytes()
    tool("generate", file, "-n", 1000, "--seed", 3, "--first-row", 5, "-o", tmp_path / "tool.csv")
    model.sample(1000, seed=3, first_row=5).to_csv(tmp_path / "ours.csv")
    assert (tmp_path / "ours.csv").read_bytes() == (tmp_path / "tool.csv").read_bytes()


def test_saved_loaded_and_pickled(model, tmp_path):
    model.save(tmp_path / "model.safetensors")
    with pytest.raises(cuvae.UsageError):
        model.save(tmp_path / "model.safetensors", overwrite=False)
    loaded = cuvae.Model.load(tmp_path / "model.safetensors")
    for other in (loaded, pickle.loads(pickle.dumps(model)), cuvae.Model.from_bytes(model.to_bytes())):
        assert other.to_bytes() == model.to_bytes()
    with pytest.raises(cuvae.DataError):
        cuvae.Model.from_bytes(b"no model")


def test_what_a_model_knows(model):
    assert model.settings["recipe"] == "fast"
    assert len(model.history) == 2
    assert set(model.history[0]) == {"reconstruction", "kl"}
    assert [column["name"] for column in model.schema["columns"]] == ["town", "year", "amount", "share"]
    assert model.parameters > 0
    assert model.version == cuvae.__version__
    assert "fast" in repr(model)


def test_rows_as_frames_are_the_rows_of_the_file(model, tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    rows = model.sample(2000, seed=1)
    rows.to_csv(tmp_path / "rows.csv")
    read = pandas.read_csv(tmp_path / "rows.csv")
    frame = rows.to_pandas()
    assert len(rows) == len(frame) == 2000
    assert frame["town"].astype(str).tolist() == read["town"].tolist()
    for name in ("year", "amount", "share"):
        pandas.testing.assert_series_equal(frame[name], read[name], check_exact=True)
    assert frame["share"].isna().any()


def test_rows_as_polars(model, options):
    polars = pytest.importorskip("polars")
    frame = model.sample(500, seed=1).to_polars()
    assert frame.shape == (500, 4)
    assert frame["year"].dtype == polars.Int64
    assert frame["amount"].dtype == polars.Float64
    cents = polars.DataFrame({"amount": [f"{row % 90}.{row % 4 * 25:02}" for row in range(300)]}).cast(
        polars.Decimal(9, 2))
    priced = cuvae.train(cents, **options)
    frame = priced.sample(500, seed=1).to_polars()
    exact = priced.sample(500, seed=1, exact_decimals=True).to_polars()
    assert exact["amount"].dtype == polars.Decimal(18, 2)
    assert exact["amount"].cast(polars.Float64).to_list() == frame["amount"].to_list()


def test_batches_come_in_bounded_memory_and_may_be_left(model):
    pytest.importorskip("pyarrow")
    sizes = [batch.num_rows for batch in model.sample_batches(2500, batch_rows=1000)]
    assert sizes == [1000, 1000, 500]
    endless = model.sample_batches(1 << 50, batch_rows=1000)
    assert next(endless).num_rows == 1000
    endless.close()


def test_shards_and_conditions(model):
    pyarrow = pytest.importorskip("pyarrow")
    whole = model.sample(1000, seed=2).to_arrow()
    parts = [model.sample(500, seed=2, first_row=first).to_arrow() for first in (0, 500)]
    assert pyarrow.concat_tables(parts).equals(whole)
    towns = model.sample(50, where="town=Ulm").to_arrow()["town"].to_pylist()
    assert towns == ["Ulm"] * 50
    even = model.sample(30, balance="town").to_arrow()["town"].to_pylist()
    assert {town: even.count(town) for town in even} == dict.fromkeys(even, 10)
    with pytest.raises(cuvae.UsageError, match="nowhere"):
        model.sample(1, where=["nowhere=1"]).to_arrow()


def test_callbacks_see_epochs(path, options):
    seen = []
    cuvae.train(path, callback=seen.append, **options)
    assert [(report.epoch, report.epochs) for report in seen] == [(1, 2), (2, 2)]
    assert seen[0].reconstruction > 0


def test_callbacks_stop_training(path, options):
    endless = {**options, "epochs": 1_000_000}
    with pytest.raises(cuvae.Interrupted):
        cuvae.train(path, callback=lambda report: report.epoch < 3, **endless)

    def fail(report):
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        cuvae.train(path, callback=fail, **endless)


def test_ctrl_c_stops_training(path, options):
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        cuvae.train(path, **{**options, "epochs": 1_000_000})


def test_other_threads_go_on(path, options):
    counted = []
    stop = threading.Event()

    def count():
        while not stop.is_set():
            counted.append(time.monotonic())
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    inside = len(counted)
    epochs = []

    def callback(report):
        epochs.append(report.epoch)
        return len(counted) < inside + 20  # else this never ends

    with pytest.raises(cuvae.Interrupted):
        cuvae.train(path, callback=callback, **{**options, "epochs": 1_000_000})
    stop.set()
    thread.join()
    assert epochs


def test_synthesizer(path, model, options):
    pytest.importorskip("pyarrow")
    made = cuvae.Synthesizer(**options).fit(path)
    assert made.model.to_bytes() == model.to_bytes()
    assert made.sample(10, seed=1).to_arrow().equals(model.sample(10, seed=1).to_arrow())
    with pytest.raises(cuvae.UsageError, match="fit"):
        cuvae.Synthesizer().sample(1)


def test_progress_bars(path, options, capsys):
    pytest.importorskip("tqdm")
    cuvae.train(path, **{**options, "progress": True})
    assert "train" in capsys.readouterr().err


def test_errors_are_python_s_too():
    with pytest.raises(ValueError):
        cuvae.Model.load("nowhere.safetensors")
    assert issubclass(cuvae.DataError, cuvae.Error)
    assert issubclass(cuvae.DeviceError, RuntimeError)


def test_devices():
    assert cuvae.devices()[0][0] == "cpu"
