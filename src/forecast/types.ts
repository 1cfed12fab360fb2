import type { Callback, History } from "../model/events.js";
import type { Sequential } from "../model/sequential.js";
import type { Vector } from "../series/kinds.js";
import type { Tensor } from "../tensor.js";

/** Columns by name, all of one length; `null` and NaN are gaps. The columns beside the target are inputs known so far. */
export interface NamedColumns {
  readonly columns: Readonly<Record<string, Vector>>;
  /** The column to forecast. */
  readonly target: string;
}

/** What a forecaster learns from: one series, a table `[T, F]` whose column `target` (option, default 0) is forecast, or columns by name. */
export type ForecastSeries = Vector | readonly Vector[] | Tensor | NamedColumns;

/** How gaps are filled. `"knn"` learns from the other columns of rows alike. */
export type Imputation = "linear" | "forwardFill" | "knn";
/** How values are scaled. */
export type Scaling = "standard" | "minMax" | "robust";
/**
 * How several steps are reached: `"direct"`, one output a step; `"recursive"`, one step at a time, each forecast going in
 * as if it had been seen; `"seq2seq"`, an encoder and a decoder.
 */
export type Strategy = "direct" | "recursive" | "seq2seq";
/**
 * `"lstm"`: the network alone, relative to what the differences imply; `"hybrid"`: a carrier has level and season, the
 * network what the carrier leaves (after Smyl's ES-RNN, 2020); `"blend"`: a weighted mean of a carrier and a network that
 * learns the series itself; `"auto"`: hybrid or blend, whichever errs less on the validation tail.
 */
export type ModelKind = "auto" | "lstm" | "hybrid" | "blend";
/** What carries a hybrid or blend: Holt-Winters smoothing, a linear autoregression (after LSTNet, 2018), or the mean of both. */
export type CarrierKind = "auto" | "smoothing" | "autoregression" | "both";
/** `"conformal"`: from errors on the validation tail; `"quantile"`: a network trained with the pinball loss. */
export type IntervalKind = "conformal" | "quantile" | "gaussian";

/** A difference that is taken before the network sees the series. */
export interface Differencing {
  /** How often the difference is taken; 0: never. */
  readonly order: number;
  /** How many steps back is subtracted. Default 1. */
  readonly lag?: number;
}

/** One LSTM layer. */
export interface ForecasterLayer {
  readonly kind?: "lstm";
  readonly units: number;
}

/** Options of `forecaster`. What is left out is chosen from the data in `fit`, and `explain()` says why. */
export interface ForecasterOptions {
  /** Steps ahead the network is trained for. Default 1. */
  readonly horizon?: number;
  /** Steps in one season; null: none. Default: `seasonality()` of the training series. */
  readonly season?: number | "auto" | null;
  /**
   * Lengths in steps at which seasons are likely, as the step of the data suggests ({@link seasonsOfStep}): tried where the
   * series itself shows none, and always among the seasonal naive forecasts it is compared with. Default: 4, 7, 12 and 24
   * are tried in series of at most 400 values.
   */
  readonly seasonCandidates?: readonly number[];
  /** Time steps the network looks back. Default: the season, or the last lag that still tells something, and what the data allow. */
  readonly window?: number;
  /** The column of a table `[T, F]` to forecast. Default 0. Columns by name bring their own. */
  readonly target?: number;
  /** How gaps are filled. Default: `"linear"`. */
  readonly impute?: Imputation;
  /** Default: when all values are positive and swings grow with the level. */
  readonly log?: boolean | "auto";
  /** What is subtracted before the network sees the series; false: nothing. Default: chosen from tests of stationarity and the season. */
  readonly difference?: Differencing | "auto" | false;
  /** Fitted on the training series only. Default `"standard"`; `"robust"` where outliers are. */
  readonly scale?: Scaling;
  /** How several steps ahead are reached. Default: `"direct"`. */
  readonly strategy?: Strategy;
  /** What makes the forecast. Default: `"auto"`. */
  readonly model?: ModelKind;
  /** What carries a hybrid or blend. Default: `"auto"`. */
  readonly carrier?: CarrierKind;
  /** Number of recurrent layers, or the layers themselves. Default 1. */
  readonly layers?: number | readonly ForecasterLayer[];
  /** Units in each recurrent layer. Default: from the number of windows. */
  readonly units?: number | readonly number[];
  /** Most epochs. Default: from the number of windows. */
  readonly epochs?: number;
  /** Windows an update. Default: from the number of windows. */
  readonly batchSize?: number;
  /** The optimizer's rate. Default: from the layers and the data. */
  readonly learningRate?: number;
  /** Epochs without improvement on the validation tail after which training stops. Default: from the number of epochs. */
  readonly patience?: number;
  /** Of a panel: networks whose mean is the forecast. Default 4. */
  readonly members?: number;
  /**
   * Of a panel: columns beside the target whose future is known, such as prices and holidays. What they are worth is learnt
   * for each series and from all of them, and `forecast` is given their next values. Default: none.
   */
  readonly known?: readonly string[];
  /** Share of the training series at its end on which everything is chosen. Default: 0.2. */
  readonly validation?: number;
  /** Makes a fit the same in every run, to the bit. Default 0. */
  readonly seed?: number;
  /** Levels between 0 and 1 that `forecast` gives when it is not asked for others. Default: none. */
  readonly quantiles?: readonly number[];
  /** Default `"conformal"`. */
  readonly intervals?: IntervalKind;
}

/** Options of a forecaster's `fit`. */
export interface ForecasterFitOptions {
  /** Go to every training of a network, of which `"auto"` may need several. Default: none. */
  readonly callbacks?: readonly Callback[];
  /** Ends training at the next batch boundary: `fit` then throws and the forecaster is as it was. Default: nothing ends it. */
  readonly signal?: AbortSignal;
}

/** Options of `forecast`. */
export interface ForecastOptions {
  /** Steps ahead. Default: the trained horizon. What lies beyond it goes on from the forecast itself. */
  readonly horizon?: number;
  /** Levels between 0 and 1. Default: the forecaster's. */
  readonly quantiles?: readonly number[];
  /**
   * Newer raw values, which follow the last row of the training series. A series that begins with the whole training
   * series is taken for that series grown: its newer rows are what counts. Default: the training series' end.
   */
  readonly history?: ForecastSeries;
  /** Ends the walk through a long history once it is aborted; the forecast then throws a StateError. Default: none. */
  readonly signal?: AbortSignal;
}

/** A forecast, step by step. */
export interface Forecast {
  /** The point forecast in raw units, one value a step. */
  readonly mean: number[];
  /** By level, as `String(level)`: `"0.1"`. */
  readonly quantiles?: Record<string, number[]>;
}

/**
 * Where a backtest with `refit` trains: `inProcess()`, `threads()` or `bullmq()`, or anything that does as they do: fits
 * `forecaster(job.options)` to the first `job.rows` rows of the data, and gives what `save()` wrote.
 */
export interface RefitRunner {
  /** Trainings at once. */
  readonly workers: number;
  run(
    task: {
      readonly job: {
        readonly kind: "forecaster";
        readonly options: ForecasterOptions;
        readonly rows: number;
      };
      readonly data: {
        readonly kind: "columns";
        readonly names: readonly string[];
        readonly target: string;
        readonly columns: readonly Float64Array[];
      };
      /** Empty: the runner finds the data's hash where it needs one. */
      readonly hash: string;
    },
    hooks: { report(value: number, step: number): Promise<boolean>; readonly signal: AbortSignal },
  ): Promise<{ readonly bytes?: Uint8Array }>;
}

/** Options of `backtest`. */
export interface BacktestOptions {
  /** First origin: the number of rows known to the first forecast, and what is trained on. */
  readonly start: number;
  /** Steps ahead. Default 1. */
  readonly horizon?: number;
  /** Rows from one origin to the next. Default 1. */
  readonly step?: number;
  /** Trains anew at every origin; of a panel one training for the first origin of all series, one for the second, … Default false. */
  readonly refit?: boolean;
  /** Where the trainings of `refit` run, of one series; their forecasts are the same everywhere. Default: here, one after the other. */
  readonly runner?: RefitRunner;
}

/** Forecasts from many origins, and their errors beside those of simple forecasts. */
export interface BacktestResult {
  /** Rows known to each forecast. */
  readonly origins: number[];
  /** `[origins][horizon]`, raw units. */
  readonly predictions: number[][];
  /** What came, NaN where it is a gap; gaps count in no metric. */
  readonly actuals: number[][];
  /** rmse, mae, mase, smape over all origins and steps. */
  readonly metrics: Record<string, number>;
  /** The same metrics of naive, seasonal naive, drift, holtWinters and theta from the same origins. */
  readonly baselines: Record<string, Record<string, number>>;
  /** RMSE at each step ahead, `[horizon]`: of the forecaster under `model`, of each baseline under its name. */
  readonly rmseByStep: Record<string, number[]>;
}

/** One choice: what was chosen and why. */
export interface Choice {
  readonly option: string;
  readonly value: unknown;
  readonly reason: string;
}

/** All choices, in the order they were made. `String(explanation)` is text for people. */
export interface Explanation extends ReadonlyArray<Choice> {
  /** One sentence on how good it is, which says so when a baseline is better. */
  readonly summary: string;
  toString(): string;
}

/** One object from raw values to forecasts and back. */
export interface Forecaster {
  readonly options: ForecasterOptions;
  readonly fitted: boolean;
  /** Rows of the training series, 0 before `fit`. */
  readonly rows: number;
  /** Name of the forecast column, `value` for a single series. @throws StateError before `fit`. */
  readonly target: string;
  /** Names of all columns, in order. @throws StateError before `fit`. */
  readonly columns: readonly string[];
  /** The trained network; undefined before `fit`. */
  readonly model: Sequential | undefined;
  /** Losses of the training the choice was made on, by epoch; undefined before `fit` and after loading. */
  readonly history: History | undefined;
  /**
   * Learns from a series, oldest value first.
   * @throws DataError for too few rows (with the number needed), a constant or empty column, an unknown target column;
   *   StateError when `signal` was aborted.
   */
  fit(series: ForecastSeries, options?: ForecasterFitOptions): Promise<Forecaster>;
  /**
   * Learns from many series at once: one network for all of them. Afterwards this same object gives one result a series, in
   * the form of the panel.
   * @throws as `fit(series)`; ConfigError for options that have a meaning for one series alone.
   */
  fit<P extends Panel>(data: PanelData<P>, options?: ForecasterFitOptions): Promise<PanelForecaster<P>>;
  /** @throws StateError before `fit`. */
  explain(): Explanation;
  /** @throws StateError before `fit`; ConfigError, DataError, ShapeError. */
  forecast(options?: ForecastOptions): Promise<Forecast>;
  /**
   * Forecasts from one origin after the other, each from `series[0..origin)` alone. The forecaster's own fit is used when
   * it was made on the beginning of this very series, no later than `start`; before `fit`, this fits on
   * `series[0..start)`; otherwise a copy with the same options does.
   */
  backtest(series: ForecastSeries, options: BacktestOptions & ForecasterFitOptions): Promise<BacktestResult>;
  /** The same of a panel, one result a series in the panel's form. `start` below 1 is a share of each series' rows. */
  backtest<P extends Panel>(
    data: PanelData<P>,
    options: BacktestOptions & ForecasterFitOptions,
  ): Promise<PerSeries<P, BacktestResult>>;
  /** Safetensors bytes: the network's weights, the chain in the metadata under `forecaster`. @throws StateError before `fit`. */
  save(): Promise<Uint8Array>;
  /** Gives the network's memory back. */
  dispose(): void;
}

/** Many series, each of its own length: one a row, or by name. */
export type Panel = readonly ForecastSeries[] | Readonly<Record<string, ForecastSeries>>;

/** A panel with what is known beside it. */
export interface PanelData<P extends Panel = Panel> {
  readonly panel: P;
  /** Numbers that describe a series and do not change, as many for each. By name, or by index where the panel is an array. */
  readonly static?: Readonly<Record<string, readonly number[]>>;
  /** ISO 8601 times of each series' rows: they bring the hour, the day of the week and of the year, in UTC. */
  readonly time?: Readonly<Record<string, readonly string[]>>;
}

/** One result a series, in the form of the panel: an array for an array, a record for a record. */
export type PerSeries<P, Result> = P extends readonly unknown[] ? Result[] : { [Id in keyof P]: Result };

/** Options of a panel's `forecast`. */
export interface PanelForecastOptions extends Omit<ForecastOptions, "history" | "signal"> {
  /**
   * Newer values, or series never seen. By name: a known name brings newer values or the series grown, a new name a series
   * of its own. An array as long as the panel brings newer values in its order, any other series of their own. One series
   * alone gives one forecast. Default: the training series' ends.
   */
  readonly history?: Panel | ForecastSeries;
  /**
   * The next values of the columns that `known` names, as many as steps are forecast: by the series' names, or in their
   * order where the panel is an array. Default: none; their rows after the last one of the
   * target are then asked for by name.
   */
  readonly future?: Readonly<Record<string, KnownFuture>> | readonly KnownFuture[];
}

/** The next values of columns known ahead, by the columns' names. */
export type KnownFuture = Readonly<Record<string, Vector>>;

/** A forecaster fitted to a panel: the same object, with one result a series. */
export interface PanelForecaster<P extends Panel = Panel> {
  readonly fitted: boolean;
  /** Rows of all series together. */
  readonly rows: number;
  /** The first of the trained networks; undefined where none helped. */
  readonly model: Sequential | undefined;
  explain(): Explanation;
  forecast(options?: Omit<PanelForecastOptions, "history">): Promise<PerSeries<P, Forecast>>;
  forecast<H extends Panel>(
    options: PanelForecastOptions & { readonly history: H },
  ): Promise<PerSeries<H, Forecast>>;
  /**
   * Forecasts from one origin after the other, each from the rows before it alone. The forecaster's own fit is used when it
   * knows none of the rows from `start` on; otherwise a copy is fitted to the first `start` rows of each series.
   */
  backtest(
    data: PanelData<P>,
    options: BacktestOptions & ForecasterFitOptions,
  ): Promise<PerSeries<P, BacktestResult>>;
  save(): Promise<Uint8Array>;
  dispose(): void;
}
