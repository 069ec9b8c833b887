"""check.py MODEL TABLE ROWS SEED: holds a model, its rows and its loss against NumPy in float64.

Rows: the decoder applied to Philox noise must spell the rows of ROWS, the first of the endless table.
Loss: the same network trained here on the same table must reach the loss of MODEL's history.
"""
import csv
import json
import sys

import numpy as np
from safetensors import safe_open

PURPOSE_LATENT_NOISE = 3


def philox(counter, seed):
    """Philox4x32-10. counter: [n, 4] words -> [n, 4] words."""
    c = counter.astype(np.uint64)
    low, shift = np.uint64(0xFFFFFFFF), np.uint64(32)
    keys = [np.uint64(seed) & low, np.uint64(seed) >> shift]
    for _ in range(10):
        first, second = c[:, 0] * np.uint64(0xD2511F53), c[:, 2] * np.uint64(0xCD9E8D57)
        c = np.stack([second >> shift ^ c[:, 1] ^ keys[0], second & low,
                      first >> shift ^ c[:, 3] ^ keys[1], first & low], axis=1)
        keys = [keys[0] + np.uint64(0x9E3779B9) & low, keys[1] + np.uint64(0xBB67AE85) & low]
    return c


def latent_noise(rows, latent, seed):
    """[rows, latent] normal numbers of the endless table's first rows."""
    noise = []
    for block in range((latent + 3) // 4):
        counter = np.zeros((rows, 4), dtype=np.uint64)
        counter[:, 0] = np.arange(rows)
        counter[:, 3] = PURPOSE_LATENT_NOISE * 65536 + block
        uniform = (philox(counter, seed) >> np.uint64(8)).astype(float) * 2**-24 + 2**-25
        for pair in (0, 2):
            radius = np.sqrt(-2 * np.log(uniform[:, pair]))
            angle = 2 * np.pi * uniform[:, pair + 1]
            noise += [radius * np.cos(angle), radius * np.sin(angle)]
    return np.stack(noise[:latent], axis=1)


def read_rows(path):
    with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
        lines = csv.reader(file)
        return next(lines), list(lines)


def decoded(layers, z):
    for index, (weight, bias) in enumerate(layers):
        z = z @ weight.T + bias
        if index in (1, 2):
            z = np.maximum(z, 0)
    return 1 / (1 + np.exp(-z))


def check_rows(schema, layers, latent, path, seed):
    header, rows = read_rows(path)
    assert header == [column["name"] for column in schema], header
    numbers = decoded(layers, latent_noise(len(rows), latent, seed))
    close_calls = 0
    for j, column in enumerate(schema):
        span = column["maximum"] - column["minimum"]
        coded = column["kind"] in ("ordinal", "label")
        scale = 1 if coded else 10 ** (2 if column["kind"] == "currency" else column["decimals"])
        exact = numbers[:, j] * round(span * scale)
        for row, value in zip(rows, exact):
            cell = row[j]
            if coded:
                wanted = column["labels"][int(np.rint(value))]
                same = cell == wanted
            else:
                wanted = np.rint(value) + round(column["minimum"] * scale)
                same = round(float(cell.replace("$", "")) * scale) == wanted
            if not same:
                # float32 and float64 may fall on two sides of a half, and nowhere else.
                assert abs(value - np.floor(value) - 0.5) < 1e-5 * max(span * scale, 1), (column["name"], cell, wanted)
                close_calls += 1
    assert close_calls <= len(rows) * len(header) // 1000, close_calls
    print(f"{len(rows)} rows as NumPy spells them, {close_calls} cells on the other side of a half")


def encoded(schema, path):
    header, rows = read_rows(path)
    matrix = np.empty((len(rows), len(schema)))
    for j, column in enumerate(schema):
        at = header.index(column["name"])
        if column["kind"] in ("ordinal", "label"):
            codes = {label: code for code, label in enumerate(column["labels"])}
            values = np.array([codes[row[at]] for row in rows], dtype=float)
        else:
            values = np.array([float(row[at].replace("$", "")) if row[at] else column["mean"] for row in rows])
        span = column["maximum"] - column["minimum"]
        matrix[:, j] = (values - column["minimum"]) / (span if span > 0 else 1)
    return matrix


def train_here(x, training, random):
    """The last epoch's mean cross-entropy of the same network, trained with NumPy's own noise."""
    (first, second), latent, columns = training["hidden"], training["latent"], x.shape[1]
    widths = [(columns, columns), (columns, first), (first, second), (second, 2 * latent),
              (latent, 2 * latent), (2 * latent, second), (second, first), (first, columns)]
    weights = [random.uniform(-1, 1, shape) * np.sqrt(6 / sum(shape)) for shape in widths]
    biases = [np.zeros(shape[1]) for shape in widths]
    parameters = weights + biases
    moments = [(np.zeros_like(p), np.zeros_like(p)) for p in parameters]
    relu = (0, 1, 2, 5, 6)
    step, loss = 0, 0.0
    for _ in range(training["epochs"]):
        loss, order = 0.0, random.permutation(len(x))
        for start in range(0, len(x), training["batch_size"]):
            batch = x[order[start:start + training["batch_size"]]]
            inputs, h = [], batch
            for layer in range(8):
                inputs.append(h)
                h = h @ weights[layer] + biases[layer]
                if layer in relu:
                    h = np.maximum(h, 0)
                if layer == 3:
                    mean, log_var = h[:, :latent], h[:, latent:]
                    noise = random.normal(size=mean.shape) * np.exp(log_var / 2)
                    h = mean + noise
            loss += np.sum(np.logaddexp(0, h) - h * batch)
            delta = (1 / (1 + np.exp(-h)) - batch) / batch.size
            gradients = [None] * 16
            for layer in range(7, -1, -1):
                if layer == 3:
                    delta = np.concatenate([delta + mean / mean.size, delta * noise / 2 +
                                            (np.exp(log_var) - 1) / (2 * mean.size)], axis=1)
                elif layer in relu:
                    delta = delta * (inputs[layer + 1] > 0)
                gradients[layer], gradients[8 + layer] = inputs[layer].T @ delta, delta.sum(0)
                delta = delta @ weights[layer].T
            step += 1
            rate = training["learning_rate"] * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            for parameter, gradient, (m, v) in zip(parameters, gradients, moments):
                m += 0.1 * (gradient - m)
                v += 0.001 * (gradient**2 - v)
                parameter -= rate * m / (np.sqrt(v) + 1e-7)
    return loss / x.size


def main(model, table, rows, seed):
    with safe_open(model, framework="numpy") as file:
        metadata = file.metadata()
        layers = [(file.get_tensor(f"decoder.{i}.weight").astype(float),
                   file.get_tensor(f"decoder.{i}.bias").astype(float)) for i in range(4)]
    schema = json.loads(metadata["schema"])["columns"]
    training = json.loads(metadata["training"])
    history = json.loads(metadata["history"])
    check_rows(schema, layers, training["latent"], rows, seed)
    x = encoded(schema, table)
    losses = [train_here(x, training, np.random.default_rng(k)) for k in range(3)]
    ours = history[-1]["reconstruction"]
    spread = max(losses) - min(losses)
    print(f"cross-entropy of the last epoch: ours {ours:.5f}, NumPy {min(losses):.5f} to {max(losses):.5f}")
    # Noise of starting weights: three runs show its size, a fourth may lie twice as far out.
    assert min(losses) - 2 * spread - 1e-3 <= ours <= max(losses) + 2 * spread + 1e-3


main(*sys.argv[1:4], int(sys.argv[4]))
