"""The published network in Keras on TensorFlow. Time is taken by callbacks: `fit` and `predict` return
only after tf.data's tuning thread has woken up, which can double a naive measurement."""
import os
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

PACKAGE = "keras"
STEPS_PER_EXECUTION = 1
tf.config.threading.set_intra_op_parallelism_threads(int(os.environ["OMP_NUM_THREADS"]))
tf.config.threading.set_inter_op_parallelism_threads(int(os.environ["OMP_NUM_THREADS"]))


class Sampling(keras.layers.Layer):
    def call(self, mean, log_var):
        self.add_loss(-0.5 * tf.reduce_mean(1 + log_var - mean**2 - tf.exp(log_var)))
        return mean + tf.random.normal(tf.shape(mean)) * tf.exp(log_var / 2)


def networks(columns):
    dense = keras.layers.Dense
    cells = keras.Input((columns,))
    h = dense(columns, "relu")(cells)
    h = dense(10, "relu")(dense(12, "relu")(h))
    h = dense(8)(h)
    z = Sampling()(h[:, :4], h[:, 4:])
    latent = keras.Input((4,))
    h = dense(8)(latent)
    h = dense(12, "relu")(dense(10, "relu")(h))
    decoder = keras.Model(latent, dense(columns, "sigmoid")(h))
    return keras.Model(cells, decoder(z)), decoder


class Clock(keras.callbacks.Callback):
    """Seconds of each epoch, or of a predict loop."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.start)

    def on_predict_begin(self, logs=None):
        self.start = time.perf_counter()

    def on_predict_end(self, logs=None):
        self.seconds.append(time.perf_counter() - self.start)


def train(matrix, batch, epochs, eager=False, model=None):
    model = model or networks(matrix.shape[1])[0]
    clock = Clock()
    model.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy", run_eagerly=eager,
                  steps_per_execution=STEPS_PER_EXECUTION)
    history = model.fit(matrix, matrix, batch, epochs + 1, verbose=0, callbacks=[clock])
    return sum(clock.seconds[1:]), history.history["loss"][-1]


def generate(columns, rows):
    decoder, clock = networks(columns)[1], Clock()
    for _ in range(2):
        start = time.perf_counter()
        z = np.random.default_rng(0).standard_normal((rows, 4), np.float32)
        noise = time.perf_counter() - start
        decoder.predict(z, 65536, verbose=0, callbacks=[clock])
    return noise + clock.seconds[-1]
