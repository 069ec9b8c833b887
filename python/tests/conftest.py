import csv
import os
import subprocess
from pathlib import Path

import pytest

import cuvae

TOOL = Path(cuvae.__file__).parent / "bin" / "cuvae"


def rows():
    for row in range(600):
        yield {
            "town": ("Ulm", "Bonn, on the Rhine", "Köln")[row * 7 % 3],
            "year": 1990 + row % 17,
            "amount": row * 7919 % 1000 / 4,
            "share": round(row * 0.37 - 20, 3) if row % 5 else None,
        }


@pytest.fixture(scope="session")
def columns():
    """{name: cells}"""
    table = list(rows())
    return {name: [row[name] for row in table] for name in table[0]}


@pytest.fixture(scope="session")
def path(tmp_path_factory):
    """The same table as a file, spelled as data frames spell it."""
    place = tmp_path_factory.mktemp("data") / "real.csv"
    with open(place, "w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, ["town", "year", "amount", "share"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows())
    return place


@pytest.fixture(scope="session")
def options():
    return {"recipe": "fast", "epochs": 2, "seed": 7, "device": "cpu", "progress": False}


@pytest.fixture(scope="session")
def model(path, options):
    return cuvae.train(path, **options)


@pytest.fixture(scope="session")
def tool():
    """Runs the tool; gives what it wrote to standard output."""

    def run(*arguments):
        environment = {**os.environ, "NO_COLOR": "1"}
        command = [TOOL, *map(str, arguments)]
        return subprocess.run(command, check=True, capture_output=True, env=environment).stdout

    return run
