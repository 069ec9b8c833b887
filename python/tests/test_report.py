"""Evaluation and the whole job."""

import json
import subprocess
import sys

import pytest

import cuvae


def test_evaluates_as_the_tool_does(path, model, tool, tmp_path):
    model.generate(tmp_path / "rows.csv", 600, seed=1)
    expected = json.loads(tool("evaluate", path, tmp_path / "rows.csv", "--json"))
    for synthetic in (tmp_path / "rows.csv", model.sample(600, seed=1)):
        report = cuvae.evaluate(path, synthetic, device="cpu", progress=False)
        assert report.metrics["scores"] == expected["scores"]
        assert report.metrics["discriminator"] == expected["discriminator"]


def test_frames_are_compared_as_files_are(path, model, columns):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    rows = model.sample(600, seed=1)
    ours = cuvae.evaluate(pandas.DataFrame(columns), rows.to_pandas(), progress=False)
    assert ours.scores == cuvae.evaluate(path, rows, progress=False).scores


def test_reports_show_themselves_and_are_saved(path, model, tmp_path):
    report = cuvae.evaluate(path, model.sample(300), holdout=path, target="town", progress=False)
    assert report.metrics["privacy"]["exact_copies_holdout"] == 1
    assert report.metrics["prediction"]["target"] == "town"
    assert "quality" in repr(report)
    assert report._repr_html_().startswith("<iframe")
    report.save(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text() == report.html()
    with pytest.raises(cuvae.UsageError):
        report.save(tmp_path / "report.html", overwrite=False)


def test_run_makes_the_tool_s_files(path, tool, tmp_path, options):
    how = ("--recipe", "fast", "--epochs", 2, "--seed", 7, "--device", "cpu", "-n", 500)
    tool("run", path, "-o", tmp_path / "tool", *how, "--holdout-share", 0.2)
    made = cuvae.run(path, tmp_path / "ours", rows=500, holdout_share=0.2, **options)
    for name in ("model.safetensors", "synthetic.csv"):
        assert (tmp_path / "ours" / name).read_bytes() == (tmp_path / "tool" / name).read_bytes()
    theirs = json.loads((tmp_path / "tool" / "metrics.json").read_text())
    ours = json.loads((tmp_path / "ours" / "metrics.json").read_text())
    assert ours["scores"] == theirs["scores"] == made.report.scores
    assert ours["privacy"] == theirs["privacy"]
    assert (tmp_path / "ours" / "report.html").is_file()
    with pytest.raises(cuvae.UsageError, match="exists"):
        cuvae.run(path, tmp_path / "ours", rows=500, **options)


def test_the_package_runs_the_tool():
    done = subprocess.run([sys.executable, "-m", "cuvae", "--version"], capture_output=True, text=True)
    assert done.stdout == f"cuvae {cuvae.__version__}\n"
    wrong = subprocess.run([sys.executable, "-m", "cuvae", "nonsense"], capture_output=True, text=True)
    assert wrong.returncode == 2
    assert "unknown verb" in wrong.stderr
