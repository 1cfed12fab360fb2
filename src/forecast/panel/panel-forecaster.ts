import { DataError } from "../../errors.js";
import { flag, numberIn } from "../../options.js";
import { judge, originsOf } from "../backtest.js";
import { fingerprint } from "../chain/fingerprint.js";
import { endsInGap, fillGaps, type RawSeries, sliceRaw } from "../chain/raw-series.js";
import { refuseAborted } from "../network.js";
import { HORIZON, readOptions, readQuantiles, type Settings } from "../options.js";
import type {
  BacktestOptions,
  BacktestResult,
  Explanation,
  Forecast,
  ForecasterFitOptions,
  ForecasterOptions,
  ForecastSeries,
  Panel,
  PanelData,
  PanelForecastOptions,
} from "../types.js";
import { fitPanel, type PanelFit } from "./fit-panel.js";
import { forecastOrigins, growSeries, newSeries, type Origin } from "./forecast-panel.js";
import { inForm, isPanel, isPanelData, type OpenPanel, type OpenSeries, openPanel } from "./open-panel.js";

/** What a forecaster is once it was fitted to a panel. */
export class PanelState {
  readonly #options: ForecasterOptions;
  readonly #settings: Settings;
  readonly fit: PanelFit;

  constructor(options: ForecasterOptions, fit: PanelFit) {
    this.#options = options;
    this.#settings = readOptions(options);
    this.fit = fit;
  }

  static async learn(
    options: ForecasterOptions,
    data: PanelData,
    fitOptions: ForecasterFitOptions,
  ): Promise<PanelState> {
    const settings = readOptions(options);
    const panel = openPanel("forecaster.fit({ panel })", data, settings.target, settings.impute);
    const fit = await fitPanel(options, settings, panel, fitOptions);
    if (fitOptions.signal?.aborted === true) {
      for (const network of fit.networks) network.dispose();
      refuseAborted(fitOptions.signal);
    }
    return new PanelState(options, fit);
  }

  get rows(): number {
    return this.fit.series.reduce((sum, { rows }) => sum + rows, 0);
  }

  explain(): Explanation {
    return this.fit.choices.explanation();
  }

  async forecast(options: PanelForecastOptions): Promise<Forecast | Forecast[] | Record<string, Forecast>> {
    const where = "forecaster.forecast()";
    const horizon = numberIn(where, "horizon", options.horizon ?? this.#settings.horizon, HORIZON);
    const levels =
      options.quantiles === undefined ? this.#settings.quantiles : readQuantiles(where, options.quantiles);
    const { history } = options;
    if (history === undefined) {
      const { series, isArray } = this.fit;
      const futures = this.#futuresOf(
        where,
        options.future,
        series.map(({ id }) => id),
        isArray,
      );
      const origins = series.map((own, i): Origin => ({ series: own, end: own.y.length, ...futures[i] }));
      const results = await forecastOrigins(this.fit, origins, horizon, levels);
      return isArray ? results : Object.fromEntries(series.map(({ id }, i) => [id, results[i]!]));
    }
    const alone = !isPanelData(history) && !isPanel(history);
    const data: PanelData = isPanelData(history)
      ? history
      : alone
        ? { panel: [history as ForecastSeries] }
        : { panel: history as Panel };
    const panel = openPanel(`${where} history`, data, this.#settings.target, this.#settings.impute);
    this.#refuseOtherWidth(where, panel);
    // In an array names are places: only as many series as were learnt can be told to be those.
    const isSame = !alone && (!panel.isArray || panel.series.length === this.fit.series.length);
    const known = new Map(this.fit.series.map((own) => [own.id, own]));
    const origins: Origin[] = [];
    const ids = panel.series.map(({ id }) => id);
    const futures = this.#futuresOf(where, options.future, ids, panel.isArray);
    for (const [i, newer] of panel.series.entries()) {
      const own = isSame ? known.get(newer.id) : undefined;
      const series =
        own === undefined ? await newSeries(this.fit, newer) : growSeries(where, own, newer, this.fit.known);
      origins.push({ series, end: series.y.length, ...futures[i] });
    }
    const results = await forecastOrigins(this.fit, origins, horizon, levels);
    return alone ? results[0]! : inForm(panel, results);
  }

  async backtest(
    data: PanelData,
    options: BacktestOptions & ForecasterFitOptions,
  ): Promise<BacktestResult[] | Record<string, BacktestResult>> {
    const where = "forecaster.backtest({ panel })";
    const panel = openPanel(where, data, this.#settings.target, this.#settings.impute);
    const start = numberIn(where, "start", options.start, { above: 0 });
    const horizon = numberIn(where, "horizon", options.horizon ?? 1, HORIZON);
    const step = numberIn(where, "step", options.step ?? 1, { min: 1, integer: true });
    const refit = flag(where, "refit", options.refit ?? false);
    const starts = panel.series.map(({ raw }) => startOf(where, start, raw.rows));
    const origins = panel.series.map(({ raw, id }, i) =>
      originsOf(`${where} series \`${id}\``, raw.rows, starts[i]!, step, horizon),
    );
    const fitOptions: ForecasterFitOptions = {
      ...(options.callbacks === undefined ? {} : { callbacks: options.callbacks }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    };
    const isOwn = this.#knowsOnly(panel, starts);
    const state = isOwn ? this : new PanelState(this.#options, await this.#fitTo(panel, starts, fitOptions));
    try {
      const own = refit ? origins.map((all) => all.slice(0, 1)) : origins;
      const predictions = await state.#roll(where, panel, own, horizon);
      const rounds = refit ? Math.max(...origins.map(({ length }) => length)) : 1;
      for (let round = 1; round < rounds; round++) {
        // A series that has ended is known whole while the others go on.
        const known = panel.series.map(({ raw }, i) => Math.min(raw.rows, starts[i]! + round * step));
        const anew = new PanelState(this.#options, await this.#fitTo(panel, known, fitOptions));
        try {
          const next = origins.map((all) => all.slice(round, round + 1));
          const more = await anew.#roll(where, panel, next, horizon);
          more.forEach((paths, i) => {
            predictions[i]!.push(...paths);
          });
        } finally {
          anew.dispose();
        }
      }
      const season = state.fit.profile.short ?? 1;
      const results = panel.series.map((one, i) =>
        judge(one.raw, origins[i]!, predictions[i]!, this.#settings.impute, season),
      );
      return inForm(panel, results);
    } finally {
      if (!isOwn) state.dispose();
    }
  }

  dispose(): void {
    for (const network of this.fit.networks) network.dispose();
  }

  /** Forecasts from the origins of each series, in raw units: `[series][origins][horizon]`. */
  async #roll(
    where: string,
    panel: OpenPanel,
    origins: readonly (readonly number[])[],
    horizon: number,
  ): Promise<number[][][]> {
    const { series: learnt, known } = this.fit;
    const flat: Origin[] = [];
    panel.series.forEach((own, i) => {
      const start = learnt.find(({ id }) => id === own.id)!;
      // Up to a row without a gap, the filled values do not depend on where the series is cut.
      const whole = growSeries(where, start, own, known);
      for (const origin of origins[i]!) {
        if (!endsInGap(own.raw, origin)) flat.push({ series: whole, end: origin });
        else {
          const series = growSeries(where, start, this.#cut(own, origin), known);
          // What is known ahead is known of the rows that were cut off.
          const future = known?.places.map((place) => own.others[place]!.subarray(origin));
          flat.push({ series, end: origin, ...(future === undefined ? {} : { future }) });
        }
      }
    });
    // Where rows were left out of the file a series is shorter than its origin says.
    const shifted = flat.map((origin) => ({ ...origin, end: origin.end - origin.series.from }));
    const forecasts = await forecastOrigins(this.fit, shifted, horizon, []);
    let at = 0;
    return origins.map((own) => own.map(() => forecasts[at++]!.mean));
  }

  #cut(own: OpenSeries, rows: number): OpenSeries {
    const raw: RawSeries = sliceRaw(own.raw, 0, rows);
    const filled = fillGaps(raw, this.#settings.impute);
    return {
      ...own,
      raw,
      target: filled[raw.target]!,
      others: filled.filter((_, f) => f !== raw.target),
    };
  }

  async #fitTo(
    panel: OpenPanel,
    starts: readonly number[],
    options: ForecasterFitOptions,
  ): Promise<PanelFit> {
    const series = panel.series.map((own, i) => this.#cut(own, starts[i]!));
    return fitPanel(this.#options, this.#settings, { ...panel, series }, options);
  }

  /** Whether this fit was made on the beginnings of these very series, none beyond its start. */
  #knowsOnly(panel: OpenPanel, starts: readonly number[]): boolean {
    const known = new Map(this.fit.series.map((own) => [own.id, own]));
    return panel.series.every(({ id, raw }, i) => {
      const own = known.get(id);
      return own !== undefined && own.rows <= starts[i]! && fingerprint(raw, own.rows) === own.fingerprint;
    });
  }

  /** The next values of the columns known ahead, for each series. @throws DataError for names that belong to none. */
  #futuresOf(
    where: string,
    given: PanelForecastOptions["future"],
    ids: readonly string[],
    isArray: boolean,
  ): { readonly future?: readonly Float64Array[] }[] {
    const names = this.fit.known?.names ?? [];
    if (given === undefined) return ids.map(() => ({}));
    if (names.length === 0)
      throw new DataError(
        `${where}: \`future\` was given, but no column is known ahead. Name it in \`known\`.`,
        {
          received: given,
        },
      );
    const entries = Object.entries(given);
    const stray = entries.find(([id], i) => (isArray ? i >= ids.length : !ids.includes(id)));
    if (stray !== undefined)
      throw new DataError(`${where}: \`future\` names a series \`${stray[0]}\` that is not forecast.`, {
        received: stray[0],
        expected: ids.slice(0, 20),
      });
    const bySeries = new Map(entries);
    return ids.map((id, i) => {
      const own = bySeries.get(isArray ? String(i) : id);
      if (own === undefined) return {};
      const unknown = Object.keys(own).find((name) => !names.includes(name));
      if (unknown !== undefined)
        throw new DataError(
          `${where}: \`future\` of series \`${id}\` has a column ${JSON.stringify(unknown)}; known ahead are ${names.join(", ")}.`,
          { received: unknown, expected: names },
        );
      return { future: names.map((name) => Float64Array.from(own[name] ?? [], Number)) };
    });
  }

  #refuseOtherWidth(where: string, panel: OpenPanel): void {
    const { others } = this.fit.profile;
    const came = panel.series[0]!.others.length;
    if (came === others) return;
    throw new DataError(
      `${where}: a series of the history has ${came} columns beside its target, those learnt have ${others}.`,
      { received: came, expected: others },
    );
  }
}

/** A number of rows, or below 1 a share of them. */
function startOf(where: string, start: number, rows: number): number {
  if (start < 1) return Math.max(1, Math.floor(start * rows));
  return numberIn(where, "start", start, { min: 1, integer: true });
}

/** A forecaster of a panel before it has learnt: fits to what is known at the start, judges what comes after. */
export async function backtestUnfitted(
  options: ForecasterOptions,
  data: PanelData,
  test: BacktestOptions & ForecasterFitOptions,
): Promise<{ state: PanelState; result: BacktestResult[] | Record<string, BacktestResult> }> {
  const settings = readOptions(options);
  const where = "forecaster.backtest({ panel })";
  const panel = openPanel(where, data, settings.target, settings.impute);
  const start = numberIn(where, "start", test.start, { above: 0 });
  const series = panel.series.map((own) => {
    const raw = sliceRaw(own.raw, 0, startOf(where, start, own.raw.rows));
    const filled = fillGaps(raw, settings.impute);
    return { ...own, raw, target: filled[raw.target]!, others: filled.filter((_, f) => f !== raw.target) };
  });
  const state = new PanelState(options, await fitPanel(options, settings, { ...panel, series }, test));
  return { state, result: await state.backtest(data, test) };
}
