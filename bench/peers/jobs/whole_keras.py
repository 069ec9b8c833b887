"""The published job as a Python program: pandas, scikit-learn and Keras, from CSV to CSV and scores."""
import time

import numpy as np
import pandas as pd
from sklearn.preprocessing import LabelEncoder, MinMaxScaler

from . import net_keras

PACKAGE = "keras"
EAGER_STEPS = 300


class Stages:
    def __init__(self):
        self.seconds = {}

    def __call__(self, name, work):
        start = time.perf_counter()
        result = work()
        self.seconds[name] = time.perf_counter() - start
        return result


def prepare(frame):
    frame["Amount"] = frame["Amount"].str.replace("$", "", regex=False).astype(float)
    encoders = {}
    for name in frame.select_dtypes(exclude="number"):
        encoders[name] = LabelEncoder()
        frame[name] = encoders[name].fit_transform(frame[name].astype(str))
    frame = frame.fillna(frame.mean())
    scaler = MinMaxScaler()
    return scaler.fit_transform(frame).astype(np.float32), encoders, scaler


def spell(matrix, names, encoders, scaler):
    frame = pd.DataFrame(scaler.inverse_transform(matrix), columns=names)
    for name, encoder in encoders.items():
        frame[name] = encoder.inverse_transform(frame[name].round().astype(int))
    frame["Amount"] = "$" + frame["Amount"].round(2).astype(str)
    return frame


def divergences(real, synthetic):
    result = []
    for j in range(real.shape[1]):
        p, edges = np.histogram(real[:, j], 50)
        q = np.histogram(synthetic[:, j], edges)[0]
        p, q = p / p.sum() + 1e-6, q / q.sum() + 1e-6
        result.append(float(np.sum(p * np.log(p / q))))
    return result


def whole(o):
    stage = Stages()
    frame = stage("read", lambda: pd.read_csv(o.csv))
    names = list(frame)
    matrix, encoders, scaler = stage("encode", lambda: prepare(frame))
    model, decoder = net_keras.networks(len(names))
    clock = net_keras.Clock()
    model.compile(net_keras.keras.optimizers.Adam(1e-3), "binary_crossentropy")
    model.fit(matrix, matrix, 500, o.epochs, verbose=0, callbacks=[clock])
    stage.seconds["train"] = sum(clock.seconds)
    z = np.random.default_rng(0).standard_normal((o.rows, 4), np.float32)
    clock.seconds.clear()
    drawn = decoder.predict(z, verbose=0, callbacks=[clock])
    stage.seconds["generate"] = clock.seconds[0]
    synthetic = stage("decode", lambda: spell(drawn, names, encoders, scaler))
    stage("write", lambda: synthetic.to_csv(o.output, index=False))
    stage("evaluate", lambda: divergences(matrix, drawn))

    # The notebook runs its training loop without compiling it; some steps of that are enough.
    part = matrix[:500 * EAGER_STEPS]
    steps = -(-len(part) // 500)
    step = net_keras.train(part, 500, 1, eager=True)[0] / steps
    return {"seconds": sum(stage.seconds.values()), "stages": stage.seconds,
            "eager_steps": steps, "eager_epoch": step * -(-len(matrix) // 500)}
