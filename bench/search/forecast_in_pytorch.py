"""Forecasts of a gateflow recipe in PyTorch: python3 forecast_in_pytorch.py series.csv preprocessing.json weights.pt

The preprocessing is what the recipe did: a standard score with the training part's mean and deviation, windows of the last
values. Needs numpy and torch (1.13 and later). Prints one forecast a line, one step ahead of each window, in the series' units.
"""
import csv
import json
import sys

import numpy
import torch

table, steps, weights = sys.argv[1:]
with open(table, newline="") as file:
    series = numpy.array([float(row["value"]) for row in csv.DictReader(file)])
with open(steps) as file:
    told = json.load(file)
scaled = ((series - told["mean"]) / told["scale"]).astype(numpy.float32)
windows = numpy.lib.stride_tricks.sliding_window_view(scaled, told["window"])[:-1, :, None]


class Net(torch.nn.Module):
    def __init__(self, units):
        super().__init__()
        self.lstm = torch.nn.LSTM(1, units, batch_first=True)
        self.dense = torch.nn.Linear(units, 1)

    def forward(self, x):
        steps, _ = self.lstm(x)
        return self.dense(steps[:, -1])


net = Net(told["units"])
net.load_state_dict(torch.load(weights))
net.eval()
with torch.no_grad():
    forecasts = net(torch.from_numpy(windows.copy())).numpy()[:, 0]
for forecast in forecasts:
    print(float(forecast) * told["scale"] + told["mean"])
