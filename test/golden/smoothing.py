"""Writes smoothing.json: exponential smoothing and the theta method as statsmodels fits them.

Run from the repository:  python3 test/golden/smoothing.py && npx biome check --write test/golden/smoothing.json
Needs statsmodels 0.13, pandas 1.5 (Debian 12: python3-statsmodels).
"""
import json
import pathlib
import warnings

import numpy as np
import pandas as pd
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.holtwinters import ExponentialSmoothing

warnings.simplefilter("ignore")
HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent.parent / "examples" / "data"
macro = pd.read_csv(DATA / "macrodata.csv")
series = {
    "sunspots": pd.read_csv(DATA / "sunspots_yearly.csv")["value"].to_numpy(),
    "realgdp": macro["realgdp"].to_numpy(),
    "unemp": macro["unemp"].to_numpy(),
    "infl": macro["infl"].to_numpy(),
    "pop": macro["pop"].to_numpy(),
    "co2": pd.read_csv(DATA / "co2_weekly.csv")["value"].interpolate().to_numpy()[:400],
}
CASES = [
    ("sunspots", None, False, None),
    ("infl", None, False, None),
    ("realgdp", "add", False, None),
    ("unemp", "add", True, None),
    ("pop", "add", False, 4),
    ("unemp", "add", True, 4),
    ("infl", None, False, 4),
    ("co2", "add", False, 52),
]

smoothing = []
for name, trend, damped, season in CASES:
    y = series[name]
    model = ExponentialSmoothing(
        y, trend=trend, damped_trend=damped, seasonal="add" if season else None, seasonal_periods=season,
        bounds={"damping_trend": (0.8, 0.98)} if damped else None,
    )
    fit = model.fit()
    p = fit.params
    alpha = float(p["smoothing_level"])
    smoothing.append({
        "series": name,
        "trend": trend is not None,
        "damped": damped,
        "season": season,
        # Error-correction form: beta and gamma multiply the whole error.
        "parameters": {
            "alpha": alpha,
            "beta": alpha * float(p["smoothing_trend"]) if trend else 0.0,
            "gamma": float(p["smoothing_seasonal"]) if season else 0.0,
            "phi": float(p["damping_trend"]) if damped else 1.0,
        },
        "start": [float(p["initial_level"]), float(p["initial_trend"]) if trend else 0.0]
        + ([float(s) for s in p["initial_seasons"]] if season else []),
        "sse": float(fit.sse),
        "fitted": [float(v) for v in fit.fittedvalues[:60]],
        "forecast": [float(v) for v in fit.forecast(60)],
    })

theta = []
for name, season in [("sunspots", None), ("realgdp", None), ("unemp", 4), ("infl", 4), ("co2", 52)]:
    y = pd.Series(series[name])
    model = ThetaModel(y, period=season or 1, deseasonalize=season is not None, use_test=False, method="auto")
    fit = model.fit()
    theta.append({
        "series": name,
        "season": season,
        "alpha": float(fit.params["alpha"]),
        "forecast": [float(v) for v in fit.forecast(12)],
    })

(HERE / "smoothing.json").write_text(json.dumps({"smoothing": smoothing, "theta": theta}))
