"""Writes decomposition.json: STL and MSTL as statsmodels computes them.

Run from the repository:  python3 test/golden/decomposition.py && npx biome check --write test/golden/decomposition.json
Needs statsmodels 0.14 or later (MSTL), pandas.
"""
import json
import pathlib

import numpy as np
import pandas as pd
from statsmodels.tsa.seasonal import MSTL, STL

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent.parent / "examples" / "data"
co2 = pd.read_csv(DATA / "co2_weekly.csv")["value"].interpolate().to_numpy()[:400]
unemp = pd.read_csv(DATA / "macrodata.csv")["unemp"].to_numpy()
t = np.arange(600)
# Numbers that need no generator: whole-number arithmetic gives the same everywhere.
two = 50 + 0.02 * t + 10 * np.sin(2 * np.pi * t / 24) + 6 * np.cos(2 * np.pi * t / 168) + ((t * 7919) % 101 - 50) / 40
two[[100, 333]] += 30
series = {"co2": co2, "unemp": unemp, "two": two}
pick = lambda x: [float(x[i]) for i in range(0, len(x), 7)]
out = {"two": [float(v) for v in two], "stl": [], "mstl": []}
for name, period, seasonal, robust in [("co2", 52, 7, False), ("co2", 52, 13, True), ("unemp", 4, 7, False), ("two", 24, 11, True), ("unemp", 7, 35, False)]:
    fit = STL(series[name], period=period, seasonal=seasonal, robust=robust).fit()
    out["stl"].append({"series": name, "period": period, "seasonal": seasonal, "robust": robust,
                       "trend": pick(fit.trend), "season": pick(fit.seasonal), "remainder": pick(fit.resid)})
for name, periods, windows in [("two", [24, 168], None), ("two", [168, 24], [25, 9]), ("co2", [52], None)]:
    fit = MSTL(pd.Series(series[name]), periods=periods, windows=windows).fit()
    seasonal = np.asarray(fit.seasonal)
    seasonal = seasonal.reshape(len(series[name]), -1)
    out["mstl"].append({"series": name, "periods": periods, "windows": windows, "trend": pick(np.asarray(fit.trend)),
                        # Ascending periods, whatever the order that was given.
                        "seasonal": [pick(seasonal[:, k]) for k in range(seasonal.shape[1])],
                        "remainder": pick(np.asarray(fit.resid))})
(HERE / "decomposition.json").write_text(json.dumps(out))
