import { ConfigError, DataError, FormatError, StateError } from "../errors.js";
import type { History } from "../model/events.js";
import type { Sequential } from "../model/sequential.js";
import { completePausing } from "../numerics/steps.js";
import { flag, numberIn, refuseUnknown } from "../options.js";
import { judgeSteps, originsOf } from "./backtest.js";
import { rowsSeen, toRawUnits } from "./chain/chain.js";
import { contextPausing, cursorAfter } from "./chain/context.js";
import { fingerprint } from "./chain/fingerprint.js";
import { openRaw, type RawSeries, refuseOtherColumns, sliceRaw } from "./chain/raw-series.js";
import { conformalOffset } from "./choose/calibration.js";
import { withRecentErrors } from "./choose/recent-errors.js";
import { fitSeries, MOST_ROWS } from "./fit.js";
import { refuseAborted } from "./network.js";
import { HORIZON, readOptions, readQuantiles, type Settings } from "./options.js";
import { isPanelData } from "./panel/open-panel.js";
import { backtestUnfitted, PanelState } from "./panel/panel-forecaster.js";
import { readPanel, writePanel } from "./panel/panel-persistence.js";
import { type Fitted, readForecaster, writeForecaster } from "./persistence.js";
import { type ChainForecast, predictCursors } from "./predict.js";
import { inTurns, refitOn, refuseRunner } from "./refit.js";
import { pauseOf, roll } from "./roll.js";
import type {
  BacktestOptions,
  BacktestResult,
  Explanation,
  Forecast,
  Forecaster,
  ForecasterFitOptions,
  ForecasterOptions,
  ForecastOptions,
  ForecastSeries,
  Panel,
  PanelData,
  PanelForecaster,
  PanelForecastOptions,
} from "./types.js";

export type {
  BacktestOptions,
  BacktestResult,
  Explanation,
  Forecast,
  Forecaster,
  ForecasterOptions,
  ModelKind,
  PanelForecaster,
  Strategy,
} from "./types.js";

const whole = { min: 1, integer: true };

class SeriesForecaster implements Forecaster {
  readonly options: ForecasterOptions;
  readonly #settings: Settings;
  #fitted: Fitted | undefined;
  /** In its place once a panel was learnt. */
  #panel: PanelState | undefined;

  constructor(options: ForecasterOptions, fitted?: Fitted, panel?: PanelState) {
    this.#settings = readOptions(options);
    this.options = { ...options };
    this.#fitted = fitted;
    this.#panel = panel;
  }

  get fitted(): boolean {
    return this.#fitted !== undefined || this.#panel !== undefined;
  }

  get rows(): number {
    return this.#panel?.rows ?? this.#fitted?.rows ?? 0;
  }

  get target(): string {
    const { names, target } = this.#own("forecaster.target").fit.chain;
    return names[target]!;
  }

  get columns(): readonly string[] {
    return [...this.#own("forecaster.columns").fit.chain.names];
  }

  get model(): Sequential | undefined {
    return this.#panel === undefined ? this.#fitted?.fit.network : this.#panel.fit.networks[0];
  }

  get history(): History | undefined {
    return this.#fitted?.fit.history;
  }

  fit(series: ForecastSeries, options?: ForecasterFitOptions): Promise<Forecaster>;
  fit(data: PanelData, options?: ForecasterFitOptions): Promise<never>;
  async fit(series: ForecastSeries | PanelData, options: ForecasterFitOptions = {}): Promise<unknown> {
    const where = "forecaster.fit()";
    refuseUnknown(where, options, ["callbacks", "signal"]);
    if (isPanelData(series)) {
      const panel = await PanelState.learn(this.options, series, options);
      this.dispose();
      this.#panel = panel;
      return this;
    }
    if (this.#settings.members !== undefined) {
      throw new ConfigError(
        `${where}: \`members\` is an option of panels, fit({ panel }); one series is forecast by one network. Leave it out.`,
        { received: this.#settings.members },
      );
    }
    if (this.#settings.known.length > 0) {
      throw new ConfigError(
        `${where}: \`known\` is an option of panels; fit({ panel: [series] }) takes one series as well.`,
        { received: this.#settings.known },
      );
    }
    await this.#fitRaw(openRaw(where, series, this.#settings.target), options);
    return this;
  }

  explain(): Explanation {
    if (this.#panel !== undefined) return this.#panel.explain();
    return this.#own("forecaster.explain()").fit.choices.explanation();
  }

  async forecast(options: ForecastOptions = {}): Promise<Forecast> {
    const where = "forecaster.forecast()";
    const isPanel = this.#panel !== undefined;
    refuseUnknown(where, options, ["horizon", "quantiles", "history", isPanel ? "future" : "signal"]);
    // The type a caller sees is that of what was fitted: `fit({ panel })` says PanelForecaster.
    if (this.#panel !== undefined)
      return (await this.#panel.forecast(options as PanelForecastOptions)) as Forecast;
    const fitted = this.#own(where);
    const { chain, network, head } = fitted.fit;
    const horizon = numberIn(where, "horizon", options.horizon ?? this.#settings.horizon, HORIZON);
    const levels =
      options.quantiles === undefined ? this.#settings.quantiles : readQuantiles(where, options.quantiles);
    this.#refuseUntrained(where, levels);
    const newer = this.#newer(where, fitted, options.history);
    const pause = pauseOf(options.signal, `${where}: stopped by its signal.`);
    const seen = rowsSeen(chain, levels.length > 0 && head.kind !== "point");
    const cursor = await cursorAfter(fitted.context, chain, newer, seen, pause);
    const [forecast] = await predictCursors(network, head, chain, [cursor], horizon, levels);
    const mean = Array.from(toRawUnits(chain, forecast!.mean));
    if (levels.length === 0) return { mean };
    const calibrations =
      newer === null
        ? fitted.fit.calibrations
        : await withRecentErrors(fitted.fit, fitted.context, newer, horizon, pause);
    const fit = { ...fitted.fit, calibrations };
    return { mean, quantiles: this.#quantiles(fit, forecast!, levels, cursor.errorUnit) };
  }

  backtest(series: ForecastSeries, options: BacktestOptions & ForecasterFitOptions): Promise<BacktestResult>;
  backtest(data: PanelData, options: BacktestOptions & ForecasterFitOptions): Promise<never>;
  async backtest(
    series: ForecastSeries | PanelData,
    options: BacktestOptions & ForecasterFitOptions,
  ): Promise<unknown> {
    const where = "forecaster.backtest()";
    refuseUnknown(where, options, ["start", "horizon", "step", "refit", "runner", "callbacks", "signal"]);
    refuseRunner(where, options, isPanelData(series));
    if (isPanelData(series)) return this.#backtestPanel(series, options);
    const raw = openRaw(where, series, this.#settings.target);
    const start = numberIn(where, "start", options.start, whole);
    const horizon = numberIn(where, "horizon", options.horizon ?? 1, HORIZON);
    const step = numberIn(where, "step", options.step ?? 1, whole);
    const refit = flag(where, "refit", options.refit ?? false);
    const { callbacks, signal } = options;
    const fitOptions: ForecasterFitOptions = {
      ...(callbacks === undefined ? {} : { callbacks }),
      ...(signal === undefined ? {} : { signal }),
    };
    const origins = originsOf(where, raw.rows, start, step, horizon);
    // Baselines learn from the rows that taught the model.
    const judged = async ({ skipped, fit }: Fitted, predictions: number[][]): Promise<BacktestResult> => {
      const places = origins.map((origin) => origin - skipped);
      const { impute } = this.#settings;
      const steps = judgeSteps(sliceRaw(raw, skipped), places, predictions, impute, fit.chain.season);
      return { ...(await completePausing(steps, pauseOf(signal))), origins: [...origins] };
    };

    const { forecaster, isOwn } = await this.#knowing(raw, start, fitOptions);
    try {
      const own = forecaster.#own(where);
      if (!refit) return await judged(own, await forecaster.#roll(own, raw, origins, horizon, signal));
      const predictions = await forecaster.#roll(own, raw, origins.slice(0, 1), horizon, signal);
      const later = origins.slice(1);
      const { runner } = options;
      const forecastFrom = async (origin: number): Promise<number[]> => {
        const anew =
          runner === undefined
            ? new SeriesForecaster(this.options)
            : (loadForecaster(await refitOn(runner, this.options, raw, origin, signal)) as SeriesForecaster);
        try {
          if (runner === undefined) await anew.#fitRaw(sliceRaw(raw, 0, origin), fitOptions);
          const [path] = await anew.#roll(anew.#own(where), raw, [origin], horizon, signal);
          return path!;
        } finally {
          anew.dispose();
        }
      };
      predictions.push(...(await inTurns(later, runner?.workers ?? 1, forecastFrom)));
      return await judged(own, predictions);
    } finally {
      if (!isOwn) forecaster.dispose();
    }
  }

  async #backtestPanel(data: PanelData, options: BacktestOptions & ForecasterFitOptions): Promise<unknown> {
    if (this.#panel !== undefined) return this.#panel.backtest(data, options);
    const { state, result } = await backtestUnfitted(this.options, data, options);
    this.dispose();
    this.#panel = state;
    return result;
  }

  async save(): Promise<Uint8Array> {
    if (this.#panel !== undefined) return writePanel(this.options, this.#panel.fit);
    return writeForecaster(this.options, this.#own("forecaster.save()"));
  }

  dispose(): void {
    this.#fitted?.fit.network.dispose();
    this.#fitted = undefined;
    this.#panel?.dispose();
    this.#panel = undefined;
  }

  async #fitRaw(raw: RawSeries, options: ForecasterFitOptions): Promise<void> {
    const skipped = Math.max(0, raw.rows - MOST_ROWS);
    const used = sliceRaw(raw, skipped);
    const fit = await fitSeries(this.#settings, used, options);
    if (skipped > 0) {
      fit.choices.add(
        "rows",
        MOST_ROWS,
        `the last of ${raw.rows} rows teach; the ${skipped} before them are left aside`,
      );
    }
    const context = await contextPausing(fit.chain, used);
    const own = { fit, context, rows: raw.rows, skipped, fingerprint: fingerprint(raw, raw.rows) };
    if (options.signal?.aborted === true) fit.network.dispose();
    refuseAborted(options.signal);
    this.dispose();
    this.#fitted = own;
  }

  #own(where: string): Fitted {
    if (this.#fitted !== undefined) return this.#fitted;
    throw new StateError(
      `${where}: the forecaster has learnt nothing yet. Call fit(series) first, and not after dispose().`,
    );
  }

  /** A forecaster that knows nothing of rows from `start` on: this one where that is so, otherwise a copy of it. */
  async #knowing(
    raw: RawSeries,
    start: number,
    options: ForecasterFitOptions,
  ): Promise<{ forecaster: SeriesForecaster; isOwn: boolean }> {
    const fitted = this.#fitted;
    if (fitted !== undefined) {
      refuseOtherColumns("forecaster.backtest()", raw, fitted.fit.chain.names, fitted.fit.chain.target);
      const { rows } = fitted;
      if (rows <= start && fingerprint(raw, rows) === fitted.fingerprint)
        return { forecaster: this, isOwn: true };
    }
    const forecaster = fitted === undefined ? this : new SeriesForecaster(this.options);
    await forecaster.#fitRaw(sliceRaw(raw, 0, start), options);
    return { forecaster, isOwn: forecaster === this };
  }

  /** Forecasts from each origin, in raw units. */
  #roll(
    { fit, skipped }: Fitted,
    raw: RawSeries,
    origins: readonly number[],
    horizon: number,
    signal: AbortSignal | undefined,
  ): Promise<number[][]> {
    const places = origins.map((origin) => origin - skipped);
    return roll(fit, sliceRaw(raw, skipped), places, horizon, signal);
  }

  /** The rows of `history` that follow the training series. */
  #newer(
    where: string,
    { fit, rows, fingerprint: own }: Fitted,
    history: ForecastSeries | undefined,
  ): RawSeries | null {
    if (history === undefined || (Array.isArray(history) && history.length === 0)) return null;
    const raw = openRaw(`${where} history`, history, this.#settings.target);
    refuseOtherColumns(`${where} history`, raw, fit.chain.names, fit.chain.target);
    if (raw.rows < rows || fingerprint(raw, rows) !== own) return raw;
    return raw.rows === rows ? null : sliceRaw(raw, rows);
  }

  #refuseUntrained(where: string, levels: readonly number[]): void {
    const { head } = this.#own(where).fit;
    if (head.kind !== "quantile") return;
    const unknown = levels.find((level) => !head.levels.includes(level));
    if (unknown === undefined) return;
    throw new ConfigError(
      `${where}: the level ${unknown} was not trained; intervals: "quantile" knows ${head.levels.join(", ")}. Name it in the forecaster's \`quantiles\`, or use intervals: "conformal".`,
      { received: unknown, expected: head.levels },
    );
  }

  /** Quantiles in raw units, never crossing: sorted at each step, as Chernozhukov et al. 2010 do. */
  #quantiles(
    { chain, head, calibrations }: Pick<Fitted["fit"], "chain" | "head" | "calibrations">,
    { mean, quantiles }: ChainForecast,
    levels: readonly number[],
    unit: number,
  ): Record<string, number[]> {
    const paths = levels.map((level) => {
      const own = quantiles.get(level);
      if (head.kind === "gaussian") return own!;
      const calibration = calibrations.find(
        (candidate) => candidate.level === (own === undefined ? null : level),
      )!;
      return (own ?? mean).map((value, h) => value + unit * conformalOffset(calibration, h, level));
    });
    for (let h = 0; h < mean.length; h++) {
      const sorted = paths.map((path) => path[h]!).sort((a, b) => a - b);
      paths.forEach((path, i) => {
        // The point lies inside every interval about the median, whatever the errors on the tail leant to.
        const [level, value, point] = [levels[i]!, sorted[i]!, mean[h]!];
        path[h] = level < 0.5 ? Math.min(value, point) : level > 0.5 ? Math.max(value, point) : value;
      });
    }
    return Object.fromEntries(
      levels.map((level, i) => [String(level), Array.from(toRawUnits(chain, paths[i]!))]),
    );
  }
}

/**
 * A forecaster: one object that owns imputation, logarithms, differencing, scaling, windows, the network, and the way
 * back. Options left out are chosen from the training series, on a validation tail of it, and `explain()` tells what was
 * chosen and why.
 *
 * The forecast is a carrier's path, the network's corrections added. Alone (`model: "lstm"`) the carrier is what the
 * differences imply: drift, or the last season. In a hybrid it is exponential smoothing, an autoregression or their mean,
 * and how far the network's corrections are believed is measured on the tail, down to not at all.
 *
 * @throws ConfigError for unknown options and values out of range.
 *
 * @example
 * const model = await forecaster({ horizon: 12 }).fit(monthly);
 * const { mean, quantiles } = await model.forecast({ quantiles: [0.1, 0.9] });
 * console.log(String(model.explain()));
 */
export const forecaster = (options: ForecasterOptions = {}): Forecaster => new SeriesForecaster(options);

/**
 * The forecaster that `save()` wrote: it forecasts the same, to the bit. One of a panel gives one result a series; the type
 * of its panel (`loadForecaster<Record<string, number[]>>(bytes)`) tells the compiler so.
 * @param bytes safetensors, as `save()` gives them.
 * @throws FormatError for other bytes, DataError for what are no bytes.
 *
 * @example
 * const again = loadForecaster(await owner.save());
 */
export function loadForecaster(bytes: Uint8Array): Forecaster;
export function loadForecaster<P extends Panel>(bytes: Uint8Array): PanelForecaster<P>;
export function loadForecaster(bytes: Uint8Array): Forecaster | PanelForecaster {
  if (!(bytes instanceof Uint8Array)) {
    throw new DataError(
      `loadForecaster(): got ${bytes === null ? "null" : typeof bytes}, expected a Uint8Array.`,
    );
  }
  const panel = panelFrom(bytes);
  if (panel !== null) return panel;
  const { options, fitted } = readForecaster(bytes);
  return new SeriesForecaster(options, fitted);
}

/** null where the bytes hold no panel. */
function panelFrom(bytes: Uint8Array): Forecaster | null {
  try {
    const read = readPanel(bytes);
    if (read === null) return null;
    return new SeriesForecaster(read.options, undefined, new PanelState(read.options, read.fit));
  } catch (cause) {
    if (cause instanceof FormatError && cause.message.startsWith("loadForecaster()")) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(`loadForecaster(): the forecaster's description is damaged: ${why}`, { cause });
  }
}
