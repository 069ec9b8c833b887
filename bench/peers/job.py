"""One stage with one peer in a process of its own; prints one line of JSON with the seconds it took.

What is not the stage itself (start, imports, compilation, a first unmeasured run) is not timed.
"""
import argparse
import importlib
import json
import os
import resource
import sys
import time


def limit_threads(threads):
    """Before any library is imported: most of them count the processors they may run on at start."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"):
        os.environ[name] = str(threads)


def timed(work):
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def read(peer, o):
    def work():
        return peer.encode(peer.load(o.csv, o.threads), o.threads)

    work()
    seconds, matrix = timed(work)
    if o.output:
        matrix.tofile(o.output)
    return {"seconds": seconds}


def write(peer, o):
    frame = peer.head(peer.load(o.csv, o.threads), o.rows)

    def work():
        if os.path.exists(o.output):
            os.unlink(o.output)
        peer.write(frame, o.output, o.threads)

    work()
    return {"seconds": timed(work)[0], "bytes": os.path.getsize(o.output)}


def train(peer, o):
    import numpy as np
    matrix = np.fromfile(o.matrix, np.float32).reshape(-1, o.columns)
    seconds, loss = peer.train(matrix, o.batch, o.epochs)
    return {"seconds": seconds, "loss": loss}


def generate(peer, o):
    return {"seconds": peer.generate(o.columns, o.rows)}


def whole(peer, o):
    return peer.whole(o)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer")
    parser.add_argument("stage", choices=["read", "write", "train", "generate", "whole"])
    parser.add_argument("--csv")
    parser.add_argument("--matrix")
    parser.add_argument("--output")
    for name, default in (("threads", 1), ("rows", 0), ("columns", 15), ("batch", 500), ("epochs", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    limit_threads(options.threads)
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    peer = importlib.import_module(f"jobs.{options.peer}")
    result = globals()[options.stage](peer, options)
    result["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(result))


main()
