"""Median regret of Optuna's TPE on the problems of problems.ts. Debian: apt-get install python3-optuna (3.1.0)."""
import json
import math
import random
import sys

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
P = [[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991], [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]]
ALPHA = [1, 1.2, 3, 3.2]


def hartmann(t):
    x = [t.suggest_float(f"x{d}", 0, 1) for d in range(6)]
    return -sum(a * math.exp(-sum(A[i][d] * (x[d] - P[i][d] / 1e4) ** 2 for d in range(6))) for i, a in enumerate(ALPHA))


def mixed(t):
    rate = t.suggest_float("rate", 1e-5, 1, log=True)
    decay = t.suggest_float("decay", 1e-8, 1e-2, log=True)
    units = t.suggest_int("units", 4, 256, log=True)
    layers = t.suggest_int("layers", 1, 4)
    window = t.suggest_int("window", 5, 100)
    dropout = t.suggest_float("dropout", 0, 0.8, step=0.1)
    momentum = t.suggest_float("momentum", 0, 1)
    clip = t.suggest_float("clip", 0, 10)
    cell = t.suggest_categorical("cell", ["lstm", "gru", "rnn"])
    scale = t.suggest_categorical("scale", ["standard", "minMax", "robust", "none"])
    return (0.3 * (math.log10(rate) + 2.5) ** 2 + 0.02 * (math.log10(decay) + 5) ** 2 + 0.15 * (math.log2(units) - 6) ** 2
            + 0.1 * (layers - 2) ** 2 + ((window - 48) / 40) ** 2 + (dropout - 0.2) ** 2 + 0.5 * (momentum - 0.9) ** 2
            + 0.01 * (clip - 1) ** 2 + {"lstm": 0, "gru": 0.1, "rnn": 0.6}[cell]
            + {"standard": 0, "minMax": 0.15, "robust": 0.05, "none": 1}[scale])


def regret(value, noise, least, seed, trials):
    noises = random.Random(seed)
    clean = []

    def objective(t):
        clean.append(value(t))
        return clean[-1] + noises.gauss(0, noise)

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(objective, n_trials=trials)
    return clean[study.best_trial.number] - least


seeds, trials = int(sys.argv[1]), int(sys.argv[2])
json.dump({
    "Hartmann-6": [regret(hartmann, 0, -3.322368011391339, s, trials) for s in range(seeds)],
    "noisy mixed space of ten": [regret(mixed, 0.1, 0, s, trials) for s in range(seeds)],
}, sys.stdout)
