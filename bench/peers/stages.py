"""Who runs in which stage, with which command."""
import sys
from dataclasses import dataclass
from pathlib import Path

from rounds import Contestant

HERE = Path(__file__).parent
TABLES = {"pandas": "table_pandas", "Polars": "table_polars", "Arrow": "table_arrow", "DuckDB": "table_duckdb"}
NETWORKS = {"Keras, fit": "net_keras", "Keras, fit, 50 steps a call": "net_keras50", "JAX, scan": "net_jax",
            "PyTorch, eager": "net_torch"}


@dataclass
class Setting:
    build: Path
    folder: Path
    table: Path
    rows: int
    drawn: int
    columns: int
    epochs: int

    def product(self, stage, threads, *rest):
        return Contestant("cuvae", [self.build / "bin" / "peer_stages", stage, self.table, threads, *rest])

    def job(self, name, module, stage, threads, **options):
        words = [word for key, value in options.items() for word in (f"--{key}", value)]
        return Contestant(name, [sys.executable, HERE / "job.py", module, stage, "--threads", threads, *words])

    def tool(self, name, *words):
        return Contestant(name, [self.build / "cuvae", *words])


def reading(s, threads, keep=False):
    """With keep, everyone leaves the matrix in a file, to compare."""
    def path(name):
        return {"output": s.folder / f"{name}.f32"} if keep else {}

    yield s.product("read", threads, *path("cuvae").values())
    for name, module in TABLES.items():
        yield s.job(name, module, "read", threads, csv=s.table, **path(name))


def training(s, threads, batch):
    yield s.product("train", threads, batch, s.epochs)
    for name, module in NETWORKS.items():
        yield s.job(name, module, "train", threads, matrix=s.folder / "cuvae.f32", columns=s.columns, batch=batch,
                    epochs=s.epochs)


def generating(s, threads):
    yield s.product("generate", threads, s.drawn)
    for name, module in NETWORKS.items():
        if module != "net_keras50":  # the same as Keras here
            yield s.job(name.split(",")[0], module, "generate", threads, columns=s.columns, rows=s.drawn)


def writing(s, threads):
    rows = min(s.rows, s.drawn)
    yield s.product("write", threads, rows, s.folder / "cuvae.csv")
    for name, module in TABLES.items():
        yield s.job(name, module, "write", threads, csv=s.table, rows=rows, output=s.folder / "peer.csv")


def whole_runs(s, threads, epochs):
    for recipe in ("seed", "best"):
        words = ["--epochs", epochs] if recipe == "seed" else []
        yield s.tool(f"`cuvae run --recipe {recipe}`", "run", s.table, "-o", s.folder / "run", "-n", s.drawn, "--recipe",
                     recipe, *words, "--threads", threads, "--seed", 1, "--force", "--quiet")
    yield s.job("Keras + pandas + scikit-learn", "whole_keras", "whole", threads, csv=s.table, rows=s.drawn,
                epochs=epochs, output=s.folder / "peer.csv")


def learned_models(s, threads, part, drawn):
    """ctgan's TVAE has a network of its own; `best` and `fast` are what cuvae has to set against it."""
    for recipe in ("best", "fast"):
        yield s.tool(f"`{recipe}`, train", "train", part, "-o", s.folder / "model", "--recipe", recipe, "--threads",
                     threads, "--seed", 1, "--json", "--force", "--quiet")
        yield s.tool(f"`{recipe}`, generate", "generate", s.folder / "model", "-n", drawn, "-o",
                     s.folder / "cuvae.csv", "--threads", threads, "--seed", 1, "--json", "--force", "--quiet")
    yield s.job("ctgan's TVAE", "learned_tvae", "whole", threads, csv=part, rows=drawn, epochs=10,
                output=s.folder / "peer.csv")
