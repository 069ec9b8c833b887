"""The published network in JAX: a whole epoch is one compiled scan."""
import time

import jax
import jax.numpy as jnp
import numpy as np

PACKAGE = "jax"
RATE, BETA1, BETA2, EPSILON = 1e-3, 0.9, 0.999, 1e-7


def initial(key, columns):
    widths = [(columns, columns), (columns, 12), (12, 10), (10, 8), (4, 8), (8, 10), (10, 12), (12, columns)]
    layers = []
    for key, (rows, cols) in zip(jax.random.split(key, len(widths)), widths):
        limit = (6 / (rows + cols)) ** 0.5
        layers.append((jax.random.uniform(key, (rows, cols), minval=-limit, maxval=limit), jnp.zeros(cols)))
    return layers


def decode(layers, z):
    (w, b), *rest = layers[4:]
    h = z @ w + b
    for w, b in rest[:-1]:
        h = jax.nn.relu(h @ w + b)
    w, b = rest[-1]
    return h @ w + b


def loss(layers, x, key):
    h = x
    for w, b in layers[:3]:
        h = jax.nn.relu(h @ w + b)
    w, b = layers[3]
    mean, log_var = jnp.split(h @ w + b, 2, axis=1)
    z = mean + jax.random.normal(key, mean.shape) * jnp.exp(log_var / 2)
    logits = decode(layers, z)
    entropy = jnp.mean(jax.nn.softplus(logits) - x * logits)
    return entropy - 0.5 * jnp.mean(1 + log_var - mean**2 - jnp.exp(log_var))


def step(state, batch):
    layers, first, second, count, data, key = state
    key, noise = jax.random.split(key)
    value, slope = jax.value_and_grad(loss)(layers, data[batch], noise)
    count = count + 1
    first = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, slope)
    second = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, slope)
    rate = RATE * jnp.sqrt(1 - BETA2**count) / (1 - BETA1**count)
    layers = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + EPSILON), layers, first, second)
    return (layers, first, second, count, data, key), value


@jax.jit
def epoch(layers, first, second, count, data, key, batches):
    (layers, first, second, count, _, _), losses = jax.lax.scan(step, (layers, first, second, count, data, key), batches)
    return layers, first, second, count, losses.mean()


def train(matrix, batch, epochs):
    data, random = jnp.asarray(matrix), np.random.default_rng(0)
    layers = initial(jax.random.key(0), matrix.shape[1])
    zeros = jax.tree.map(jnp.zeros_like, layers)
    state = (layers, zeros, zeros, jnp.float32(0))
    whole = len(matrix) // batch * batch

    def one(number):
        nonlocal state
        batches = random.permutation(len(matrix))[:whole].astype(np.int32).reshape(-1, batch)
        *state, last = epoch(*state, data, jax.random.key(number), batches)
        jax.block_until_ready(last)
        return float(last)

    one(0)
    start = time.perf_counter()
    for number in range(epochs):
        last = one(number + 1)
    return time.perf_counter() - start, last


def generate(columns, rows):
    layers, part = initial(jax.random.key(0), columns), 65536

    @jax.jit
    def draw(key):
        return jax.nn.sigmoid(decode(layers, jax.random.normal(key, (part, 4))))

    def work(seed):
        parts = [np.asarray(draw(k)) for k in jax.random.split(jax.random.key(seed), -(-rows // part))]
        return np.concatenate(parts)[:rows]

    work(0)
    start = time.perf_counter()
    work(1)
    return time.perf_counter() - start
