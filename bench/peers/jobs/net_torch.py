"""The published network in PyTorch, eager, with the fused Adam."""
import os
import time

import torch
from torch import nn

PACKAGE = "torch"
torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


class Network(nn.Module):
    def __init__(self, columns):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(columns, columns), nn.ReLU(), nn.Linear(columns, 12), nn.ReLU(),
                                     nn.Linear(12, 10), nn.ReLU(), nn.Linear(10, 8))
        self.decoder = nn.Sequential(nn.Linear(4, 8), nn.Linear(8, 10), nn.ReLU(), nn.Linear(10, 12), nn.ReLU(),
                                     nn.Linear(12, columns))
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, x):
        mean, log_var = self.encoder(x).chunk(2, dim=1)
        logits = self.decoder(mean + torch.randn_like(mean) * torch.exp(log_var / 2))
        entropy = nn.functional.binary_cross_entropy_with_logits(logits, x)
        return entropy - 0.5 * torch.mean(1 + log_var - mean**2 - log_var.exp())


def train(matrix, batch, epochs):
    data = torch.from_numpy(matrix)
    network = Network(data.shape[1])
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, eps=1e-7, fused=True)

    def steps(order):
        for rows in order.split(batch):
            optimizer.zero_grad(set_to_none=True)
            value = network(data[rows])
            value.backward()
            optimizer.step()
        return float(value)

    steps(torch.randperm(len(data))[:20 * batch])
    start = time.perf_counter()
    for _ in range(epochs):
        last = steps(torch.randperm(len(data)))
    return time.perf_counter() - start, last


@torch.no_grad()
def generate(columns, rows):
    network, part = Network(columns), 65536

    def work():
        parts = [torch.sigmoid(network.decoder(torch.randn(min(part, rows - row), 4))) for row in range(0, rows, part)]
        return torch.cat(parts).numpy()

    work()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
