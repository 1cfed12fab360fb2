"""The shapes of bench/shapes.ts in PyTorch on this machine's processors: `python3 bench/pytorch.py '<json>'`.

Takes {"shapes": [...], "threads": [1, 2], "warmSeconds": s, "warmSteps": n, "seconds": s}, prints one JSON line: for each
shape and number of threads the median milliseconds of a training step (forward, mean squared error, backward, clipping,
Adam) and of a prediction. Needs torch alone (Debian: python3-torch).
"""

import json
import statistics
import sys
import time

import torch


class Model(torch.nn.Module):
    def __init__(self, features, units):
        super().__init__()
        widths = [features, *units]
        self.layers = torch.nn.ModuleList(
            torch.nn.LSTM(widths[i], widths[i + 1], batch_first=True) for i in range(len(units))
        )
        self.dense = torch.nn.Linear(units[-1], 1)

    def forward(self, x):
        for layer in self.layers:
            x, _ = layer(x)
        return self.dense(x[:, -1])


def timed(step, task):
    """Median milliseconds of a step, after a warm-up."""
    end = time.perf_counter() + task["warmSeconds"]
    for _ in range(task["warmSteps"]):
        step()
        if time.perf_counter() > end:
            break
    times = []
    end = time.perf_counter() + task["seconds"]
    while not times or time.perf_counter() < end:
        began = time.perf_counter()
        step()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def measure(shape, task):
    torch.manual_seed(1)
    model = Model(shape["features"], shape["units"])
    x = torch.rand(shape["batch"], shape["timesteps"], shape["features"]) * 2 - 1
    y = torch.rand(shape["batch"], 1) * 2 - 1
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_of = torch.nn.MSELoss()

    def train():
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(model(x), y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1e4)
        optimizer.step()
        return float(loss.detach())

    first = train()
    training = timed(train, task)
    # It has to learn what it is timed on.
    assert train() < first, (shape["name"], first)
    model.eval()
    with torch.inference_mode():
        prediction = timed(lambda: model(x), task)
    return {"training": training, "prediction": prediction}


def main():
    task = json.loads(sys.argv[1])
    results = []
    for shape in task["shapes"]:
        for threads in task["threads"]:
            torch.set_num_threads(threads)
            results.append({"shape": shape["name"], "threads": threads, **measure(shape, task)})
    print(json.dumps({"version": torch.__version__, "results": results}))


main()
