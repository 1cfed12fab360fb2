"""Writes forecasts.json: one-step errors of classical models on each series, for bench/forecasts.ts to stand against.

For each series the first 80 % are fitted on, once; then one-step forecasts roll over the rest with the parameters fixed.
AR: AutoReg on the levels, constant (and trend where AIC wants it), lags by AIC. ES: ExponentialSmoothing, the best by AICc
of none/additive/damped trend with and without an additive season; the season is the calendar's, given below. Gaps are
interpolated inside the training part, carried forward in the rest; gaps are no test values.

Run from the repository:  python3 test/golden/forecasts.py && npx biome check --write test/golden/forecasts.json
Needs statsmodels 0.13, pandas 1.5 (Debian 12: python3-statsmodels). Series that may not be committed are read from
../shared/data beside the repository, and their rows are left out without it.
"""
import json
import math
import pathlib
import warnings

import numpy as np
import pandas as pd
from statsmodels.tsa.ar_model import AutoReg, ar_select_order
from statsmodels.tsa.holtwinters import ExponentialSmoothing

warnings.simplefilter("ignore")
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOLDERS = [ROOT / "examples" / "data", ROOT.parent / "shared" / "data"]
MACRO = ["realgdp", "realcons", "realinv", "realgovt", "realdpi", "cpi", "m1", "tbilrate", "unemp", "pop", "infl", "realint"]
STOCKS = ["DAX", "SMI", "CAC", "FTSE"]
# file, column, season of the calendar
SERIES = (
    [("co2_weekly.csv", "value", 52), ("sunspots_yearly.csv", "value", None)]
    + [("macrodata.csv", column, None) for column in MACRO]
    + [("JohnsonJohnson.csv", "value", 4), ("ldeaths.csv", "value", 12), ("presidents.csv", "value", 4), ("BJsales.csv", "value", None)]
    + [("EuStockMarkets.csv", column, None) for column in STOCKS]
)


def rmse(errors):
    errors = errors[~np.isnan(errors)]
    return float(math.sqrt(np.mean(errors**2)))


def autoregression(train, test, season):
    n = len(train)
    maxlag = min(n // 4, max(math.ceil(12 * (n / 100) ** 0.25), (season or 0) + 1))
    best = None
    for trend in ["c", "ct"]:
        order = ar_select_order(train, maxlag=maxlag, ic="aic", trend=trend, old_names=False)
        lags = int(max(order.ar_lags)) if order.ar_lags else 0
        fit = AutoReg(train, lags=lags, trend=trend, hold_back=maxlag, old_names=False).fit()
        if best is None or fit.aic < best[0]:
            best = (fit.aic, trend, lags, np.asarray(fit.params))
    _, trend, lags, params = best
    deterministic = len(trend)
    whole = np.concatenate([train, test])
    predictions = []
    for t in range(n, len(whole)):
        terms = [1.0] + ([t + 1.0] if trend == "ct" else [])
        value = float(np.dot(params[:deterministic], terms))
        value += float(np.dot(params[deterministic:], whole[t - lags : t][::-1])) if lags else 0.0
        predictions.append(value)
    return np.array(predictions), {"trend": trend, "lags": lags}


def smoothing(train, test, season):
    best = None
    for trend, damped in [(None, False), ("add", False), ("add", True)]:
        for seasonal in [None, "add"] if season else [None]:
            if season == 52 and seasonal is None:
                continue
            model = ExponentialSmoothing(
                train, trend=trend, damped_trend=damped, seasonal=seasonal, seasonal_periods=season if seasonal else None
            )
            fit = model.fit()
            if best is None or fit.aicc < best[0]:
                best = (fit.aicc, trend, damped, seasonal, fit)
    _, trend, damped, seasonal, fit = best
    whole = np.concatenate([train, test])
    p = fit.params
    alpha, beta, gamma = p["smoothing_level"], p.get("smoothing_trend", 0), p.get("smoothing_seasonal", 0)
    phi = p["damping_trend"] if damped else 1.0
    level, slope = p["initial_level"], p["initial_trend"] if trend else 0.0
    seasons = list(p["initial_seasons"]) if seasonal else [0.0]
    beta = 0.0 if trend is None else beta
    gamma = 0.0 if seasonal is None else gamma
    # statsmodels' component form: new season = gamma (y - l_{t-1} - phi b_{t-1}) + (1 - gamma) s.
    predictions = []
    for t, y in enumerate(whole):
        s = seasons[t % len(seasons)]
        forecast = level + phi * slope + s
        predictions.append(forecast)
        previous = level
        base = level + phi * slope
        level = alpha * (y - s) + (1 - alpha) * base
        if seasonal:
            seasons[t % len(seasons)] = gamma * (y - base) + (1 - gamma) * s
        if trend:
            slope = beta * (level - previous) + (1 - beta) * phi * slope
    fitted = np.asarray(fit.fittedvalues)
    assert np.allclose(predictions[: len(train)], fitted, rtol=1e-6, atol=1e-6 * np.std(train)), "recursion disagrees"
    return np.array(predictions[len(train) :]), {"trend": trend, "damped": damped, "seasonal": seasonal}


def row(file, column, season):
    path = next((folder / file for folder in FOLDERS if (folder / file).exists()), None)
    if path is None:
        return None
    raw = pd.read_csv(path)[column].to_numpy(float)
    split = int(len(raw) * 0.8)
    train = pd.Series(raw[:split]).interpolate().bfill().to_numpy()
    carried = pd.Series(np.concatenate([train, raw[split:]])).ffill().to_numpy()
    test, actual = carried[split:], raw[split:]
    ar, ar_how = autoregression(train, test, season)
    es, es_how = smoothing(train, test, season)
    naive = carried[split - 1 : -1]
    return {
        "file": file,
        "column": column,
        "season": season,
        "rows": len(raw),
        "train": split,
        "naive": rmse(actual - naive),
        "seasonalNaive": rmse(actual - carried[split - season : len(raw) - season]) if season else None,
        "ar": rmse(actual - ar),
        "arHow": ar_how,
        "es": rmse(actual - es),
        "esHow": es_how,
    }


rows = []
for entry in SERIES:
    result = row(*entry)
    if result is not None:
        print(result, flush=True)
        rows.append(result)
(HERE / "forecasts.json").write_text(json.dumps(rows, indent=1))
