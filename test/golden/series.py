"""Writes series.json: what statsmodels, scikit-learn and pandas make of the series in examples/data.

Run from the repository:  python3 test/golden/series.py && npx biome check --write test/golden/series.json
Needs statsmodels 0.13, scikit-learn 1.2, pandas 1.5, scipy 1.10 (Debian 12: python3-statsmodels python3-sklearn).
"""
import json
import pathlib
import warnings

import numpy as np
import pandas as pd
import scipy
import sklearn
import statsmodels
from scipy import stats
from sklearn.impute import KNNImputer
from sklearn.model_selection import KFold, TimeSeriesSplit
from sklearn.preprocessing import MinMaxScaler, PowerTransformer, RobustScaler, StandardScaler
from statsmodels.tsa.stattools import acf, adfuller, kpss, pacf

warnings.simplefilter("ignore")
HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent.parent / "examples" / "data"

macro = pd.read_csv(DATA / "macrodata.csv")
co2 = pd.read_csv(DATA / "co2_weekly.csv")["value"]
sunspots = pd.read_csv(DATA / "sunspots_yearly.csv")["value"].to_numpy()
series = {
    "sunspots": sunspots,
    "co2": co2.interpolate().to_numpy(),
    "realgdp": macro["realgdp"].to_numpy(),
    "unemp": macro["unemp"].to_numpy(),
    "infl": macro["infl"].to_numpy(),
}


def plain(value):
    """Numbers as JSON; NaN becomes null."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(entry) for entry in value]
    if isinstance(value, (np.integer, int)) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, (np.floating, float)):
        return None if np.isnan(value) else float(value)
    return value


def dickey_fuller():
    cases = []
    for name in series:
        for regression in ["n", "c", "ct", "ctt"]:
            for autolag in ["AIC", "BIC", "t-stat", None]:
                maxlag = 3 if autolag is None and name != "co2" else None
                if name == "co2" and autolag in ("BIC", "t-stat"):
                    continue
                result = adfuller(series[name], regression=regression, autolag=autolag, maxlag=maxlag)
                critical = [result[4][k] for k in ("1%", "5%", "10%")] if autolag is None else None
                cases.append([name, regression, autolag, maxlag, *result[:4], critical])
    return cases


def stationarity_kpss():
    return [
        [name, regression, nlags, *kpss(series[name], regression=regression, nlags=nlags)[:3]]
        for name in series
        for regression in ["c", "ct"]
        for nlags in ["auto", "legacy", 5]
    ]


def correlograms():
    cases = {"acf": [], "pacf": []}
    for name in ["sunspots", "infl"]:
        for adjusted in [False, True]:
            for nlags in [None, 8]:
                values, confidence = acf(series[name], adjusted=adjusted, nlags=nlags, alpha=0.05, fft=False)
                cases["acf"].append([name, adjusted, nlags, values, confidence])
        for method in ["ywm", "yw", "ols", "ldb"]:
            for nlags in [None] if method == "ywm" else [8]:
                values, confidence = pacf(series[name], method=method, nlags=nlags, alpha=0.05)
                cases["pacf"].append([name, method, nlags, values, confidence])
    return cases


def scalers():
    table = macro[["realgdp", "unemp", "infl"]].to_numpy()[:60].copy()
    table[3, 0] = table[7, 1] = table[8, 1] = np.nan
    table = np.column_stack([table, np.full(len(table), 0.1)])
    makers = {
        "standardScaler": (StandardScaler(), {}),
        "minMaxScaler": (MinMaxScaler(), {}),
        "minMaxScaler -1 1": (MinMaxScaler((-1, 1)), {"featureRange": [-1, 1]}),
        "robustScaler": (RobustScaler(), {}),
        "robustScaler 10 90": (RobustScaler(quantile_range=(10, 90)), {"quantileRange": [10, 90]}),
    }
    return {
        "table": table,
        "cases": [
            [name.split()[0], options, maker.fit(table[:45]).transform(table[40:])]
            for name, (maker, options) in makers.items()
        ],
    }


def powers():
    cases = []
    for method, name in [("box-cox", "realgdp"), ("box-cox", "unemp"), ("yeo-johnson", "infl"), ("yeo-johnson", "sunspots")]:
        column = series[name].reshape(-1, 1)
        maker = PowerTransformer(method=method).fit(column)
        cases.append([method, name, maker.lambdas_[0], maker.transform(column[:12]).ravel()])
    values = {"box-cox": np.array([1e-3, 0.5, 1, 2, 300]), "yeo-johnson": np.array([-20, -1, -1e-3, 0, 0.5, 300])}
    apply = {"box-cox": scipy.special.boxcox, "yeo-johnson": lambda x, lam: stats.yeojohnson(x, lam)}
    fixed = [
        [method, lam, values[method], apply[method](values[method], lam)]
        for method in values
        for lam in [-0.7, 0.0, 0.3, 1.0, 2.0, 2.5]
    ]
    return {"likelihood": cases, "fixed": fixed}


def neighbours():
    table = macro[["realgdp", "unemp", "infl"]].to_numpy()[:30].copy()
    table = (table - table.mean(0)) / table.std(0)
    for row, column in [(0, 0), (3, 1), (4, 1), (9, 2), (21, 0), (29, 2), (15, 1)]:
        table[row, column] = np.nan
    alone = [[np.nan, 1.0], [2.0, np.nan], [4.0, np.nan], [np.nan, np.nan], [5.0, 3.0]]
    twin = [[1.0, 2.0, np.nan], [1.0, 2.0, 5.0], [1.0, 2.5, 9.0], [1.0, 2.0, 6.0]]
    return [
        [matrix, k, weights, KNNImputer(n_neighbors=k, weights=weights).fit_transform(matrix)]
        for matrix in [table.tolist(), alone, twin]
        for k in [2, 5]
        for weights in ["uniform", "distance"]
        # Which of the donors at no measurable distance are taken is left to a partial sort.
        if not (matrix is alone and k == 2 and weights == "uniform")
    ]


def gaps():
    n = np.nan
    values = pd.Series([n, n, 1.0, n, n, n, 9.0, 2.0, n, 4.0, n, n])
    options = [
        {**({"limit": limit} if limit else {}), "limit_direction": direction, **({"limit_area": area} if area else {})}
        for limit in [None, 1, 2]
        for direction in ["forward", "backward", "both"]
        for area in [None, "inside", "outside"]
    ]
    return {
        "values": values.to_numpy(),
        "interpolate": [[o, values.interpolate(**o).to_numpy()] for o in options],
        "ffill": [[limit, values.ffill(limit=limit).to_numpy()] for limit in [None, 1, 2]],
        "bfill": [[limit, values.bfill(limit=limit).to_numpy()] for limit in [None, 1, 2]],
    }


def features():
    values = macro["realgdp"].iloc[:20].copy()
    values.iloc[6] = np.nan
    rolled = {
        statistic: [[n, getattr(values.rolling(n), statistic)().to_numpy()] for n in [1, 3, 5]]
        for statistic in ["mean", "std", "min", "max"]
    }
    change = [[lag, values.pct_change(lag, fill_method=None).to_numpy()] for lag in [1, 4]]
    return {"values": values.to_numpy(), "rolling": rolled, "pctChange": change}


def folds():
    def listed(splitter, n):
        return [[train, test] for train, test in splitter.split(np.zeros(n))]

    kfold = [[k, n, listed(KFold(k), n)] for k, n in [(5, 10), (3, 8), (4, 5)]]
    ordered = [
        [options, n, listed(TimeSeriesSplit(**options), n)]
        for options, n in [
            ({"n_splits": 5}, 6),
            ({"n_splits": 3}, 12),
            ({"n_splits": 3}, 14),
            ({"n_splits": 3, "test_size": 2}, 12),
            ({"n_splits": 3, "test_size": 2, "gap": 2}, 12),
            ({"n_splits": 4, "max_train_size": 3}, 17),
            ({"n_splits": 2, "test_size": 3, "gap": 1, "max_train_size": 2}, 13),
        ]
    ]
    return {"kFold": kfold, "timeSeriesSplit": ordered}


golden = {
    "versions": {
        "statsmodels": statsmodels.__version__,
        "scikit-learn": sklearn.__version__,
        "pandas": pd.__version__,
        "scipy": scipy.__version__,
        "numpy": np.__version__,
    },
    "normalCdf": [[z, stats.norm.cdf(z)] for z in [-30.0, -8.5, -3.0, -2.999, -1.0, -1e-3, 0.0, 0.7, 2.999, 3.0, 5.0]],
    "adfuller": dickey_fuller(),
    "kpss": stationarity_kpss(),
    **correlograms(),
    "scalers": scalers(),
    "power": powers(),
    "knnImpute": neighbours(),
    "gaps": gaps(),
    "features": features(),
    "folds": folds(),
}
(HERE / "series.json").write_text(json.dumps(plain(golden)) + "\n")
