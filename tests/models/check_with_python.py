"""Opens the sample model of model_file_test.cpp with the safetensors package and checks all of it."""
import json
import sys

import numpy as np
from safetensors import safe_open

COLUMNS, HIDDEN, LATENT = 3, (5, 4), 2

encoder = [COLUMNS, COLUMNS, *HIDDEN, 2 * LATENT]
decoder = [LATENT, 2 * LATENT, HIDDEN[1], HIDDEN[0], COLUMNS]

with safe_open(sys.argv[1], framework="numpy") as file:
    names = set(file.keys())
    metadata = file.metadata()
    offset = 0
    for part, widths in (("encoder", encoder), ("decoder", decoder)):
        for layer, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
            weight = file.get_tensor(f"{part}.{layer}.weight")
            bias = file.get_tensor(f"{part}.{layer}.bias")
            names -= {f"{part}.{layer}.weight", f"{part}.{layer}.bias"}
            # The sample's parameter number i is i / 4 - 10; weights stand as [inputs, outputs] in memory.
            count = inputs * outputs
            numbers = (np.arange(offset, offset + count + outputs) * 0.25 - 10).astype(np.float32)
            assert weight.dtype == np.float32 and weight.shape == (outputs, inputs), weight
            assert (weight == numbers[:count].reshape(inputs, outputs).T).all(), weight
            assert bias.shape == (outputs,) and (bias == numbers[count:]).all(), bias
            offset += count + outputs
    assert not names, names

training = json.loads(metadata["training"])
assert metadata["format"] == "cuvae" and metadata["seed"] == str(2**64 - 1), metadata
assert training["hidden"] == list(HIDDEN) and training["latent"] == LATENT, training
assert json.loads(metadata["history"])[1] == {"kl": 1e-300, "reconstruction": 1 / 3}, metadata
assert len(json.loads(metadata["schema"])["columns"]) == COLUMNS, metadata["schema"]
