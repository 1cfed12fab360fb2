import { ConfigError, DataError } from "../../errors.js";
import type { Sequential } from "../../model/sequential.js";
import { createYielder } from "../../model/yield-to-host.js";
import { type Calibration, calibrate } from "../choose/calibration.js";
import { Choices, readable } from "../choose/explanation.js";
import type { Pause } from "../choose/pause.js";
import { refuseAborted } from "../network.js";
import type { Settings } from "../options.js";
import type { ForecasterFitOptions, ForecasterOptions } from "../types.js";
import { type ErrorScale, fitErrorScale, pastError } from "./error-scale.js";
import { fitKnownEffects, type KnownEffects, placesOfKnown } from "./known-effects.js";
import type { OpenPanel } from "./open-panel.js";
import { type Base, baseAt, baseReach } from "./panel-base.js";
import { correctionsAt, type PanelPlan, trainMember, windowsOf } from "./panel-network.js";
import { type PanelProfile, profilePanel } from "./panel-profile.js";
import { modelSeries, type PanelSeries, statisticalPath } from "./panel-series.js";
import type { Statistic } from "./smoothed-parts.js";
import { transformOf } from "./transform.js";

/** What `fit` leaves of a panel: all its forecasts are made of. */
export interface PanelFit {
  readonly profile: PanelProfile;
  readonly plan: PanelPlan;
  readonly series: readonly PanelSeries[];
  readonly networks: readonly Sequential[];
  /** Share of the networks in the forecast; the rest is the statistical forecast of each series alone. */
  readonly weight: number;
  readonly statistic: Statistic;
  /** Errors on the held-out rows in units of what was expected of each origin. */
  readonly calibration: Calibration;
  readonly errorScale: ErrorScale;
  readonly choices: Choices;
  /** null where no column is known ahead. */
  readonly known: KnownEffects | null;
  readonly isArray: boolean;
  /** Options a new series is modelled with. */
  readonly log: boolean | undefined;
}

/** Options that have a meaning for one series alone. */
const SINGLE_ONLY = ["window", "difference", "scale", "strategy", "carrier", "patience"] as const;
/** Networks whose mean is the forecast, and of those that are trained to be judged. */
const MEMBERS = 4;
const JUDGED = 2;
/** Rows of all series together up to which smoothing is among the statistics. */
const MOST_SMOOTHED = 10_000;
/** Shares of the networks that are tried. */
const SHARES = [0, 0.25, 0.5, 0.65, 0.8, 0.9, 1];

function refuseSingleOnly(options: ForecasterOptions): void {
  const given = SINGLE_ONLY.find((option) => options[option] !== undefined);
  if (given !== undefined) {
    throw new ConfigError(
      `forecaster.fit({ panel }): \`${given}\` is an option of one series; a panel's windows are made of its seasons. Leave it out.`,
      { received: options[given] },
    );
  }
  const { model = "auto", intervals = "conformal" } = options;
  if (model !== "auto" && model !== "lstm") {
    throw new ConfigError(
      `forecaster.fit({ panel }): model is "${model}", expected "auto" or "lstm" (the networks alone).`,
      { received: model, expected: ["auto", "lstm"] },
    );
  }
  if (intervals !== "conformal") {
    throw new ConfigError(`forecaster.fit({ panel }): intervals is "${intervals}", expected "conformal".`, {
      received: intervals,
      expected: "conformal",
    });
  }
}

const median = (values: readonly number[]): number => Float64Array.from(values).sort()[values.length >> 1]!;

/** Rows held back, and how far apart the origins in them are. */
function holdOut(lengths: readonly number[], horizon: number, share: number): { rows: number; step: number } {
  const count = Math.min(4, Math.max(1, Math.floor((share * median(lengths)) / horizon)));
  return { rows: count * horizon, step: count > 2 ? horizon : Math.max(1, Math.floor(horizon / 2)) };
}

function decidePlan(profile: PanelProfile, windows: number, settings: Settings, choices: Choices): PanelPlan {
  const sequence = profile.steps > 1;
  const size = windows < 2000 ? 32 : windows < 20000 ? 96 : sequence ? 192 : 384;
  const units =
    settings.units === undefined
      ? choices.add("units", new Array<number>(settings.layers).fill(size), `for ${windows} windows`)
      : choices.add("units", settings.units, "given");
  const batchSize = settings.batchSize ?? 64;
  const most = sequence ? 27 : 20;
  const natural = Math.max(2, Math.min(most, Math.ceil((20 * windows) / batchSize / 100)));
  const epochs =
    settings.epochs === undefined
      ? choices.add("epochs", natural, "of 100 updates; the rate falls along half a cosine to their end")
      : choices.add("epochs", settings.epochs, "given, of 100 updates");
  return { units, epochs, batchSize, learningRate: settings.learningRate ?? 1e-3 };
}

interface Judged {
  readonly series: PanelSeries;
  readonly end: number;
  readonly base: Base;
  readonly statistical: ReadonlyMap<Statistic, Float64Array>;
}

/** Path of the networks and of both together. */
export function blend(
  statistical: Float64Array,
  base: Base,
  corrections: Float64Array,
  weight: number,
): Float64Array {
  return statistical.map(
    (value, h) => (1 - weight) * value + weight * (base.values[h]! + base.unit * corrections[h]!),
  );
}

/** Mean over series of half the relative error and half the error over the series' own changes. */
function scoreOf(
  paths: readonly Float64Array[],
  judged: readonly Judged[],
): { score: number; bySeries: Map<string, number> } {
  const sums = new Map<string, { relative: number; scaled: number; count: number }>();
  judged.forEach(({ series, end }, i) => {
    const raw = series.transform.invert(paths[i]!);
    const came = series.transform.invert(series.y.slice(end, Math.min(series.y.length, end + raw.length)));
    const own = sums.get(series.id) ?? { relative: 0, scaled: 0, count: 0 };
    came.forEach((value, h) => {
      const error = Math.abs(value - raw[h]!);
      const size = Math.abs(value) + Math.abs(raw[h]!);
      own.relative += size === 0 ? 0 : (2 * error) / size;
      own.scaled += series.change > 0 ? error / series.change : 0;
      own.count += 1;
    });
    sums.set(series.id, own);
  });
  const bySeries = new Map<string, number>();
  let [relative, scaled] = [0, 0];
  for (const [id, own] of sums) {
    relative += own.relative / own.count / sums.size;
    scaled += own.scaled / own.count / sums.size;
    bySeries.set(id, own.scaled / own.count);
  }
  return { score: relative + scaled / 10, bySeries };
}

function judgedAt(
  series: readonly PanelSeries[],
  rows: readonly number[],
  held: { rows: number; step: number },
  profile: PanelProfile,
  kinds: readonly Statistic[],
): Judged[] {
  const judged: Judged[] = [];
  series.forEach((own, i) => {
    for (let end = rows[i]!; end + profile.horizon <= rows[i]! + held.rows; end += held.step) {
      const statistical = new Map(kinds.map((kind) => [kind, statisticalPath(own, profile, end, kind)]));
      judged.push({ series: own, end, base: baseAt(own, profile, end), statistical });
    }
  });
  return judged;
}

/** Learns everything from a panel. See `Forecaster.fit`. */
export async function fitPanel(
  options: ForecasterOptions,
  settings: Settings,
  panel: OpenPanel,
  fitOptions: ForecasterFitOptions,
): Promise<PanelFit> {
  const where = "forecaster.fit({ panel })";
  refuseSingleOnly(options);
  refuseAborted(fitOptions.signal);
  const choices = new Choices();
  const profile = profilePanel(panel.series, settings, choices);
  const { horizon } = profile;
  const lengths = panel.series.map(({ target }) => target.length);
  const held = holdOut(lengths, horizon, options.validation ?? 0.15);
  const needed = baseReach(profile) + 2 * horizon;
  const judgedSeries = panel.series.filter(({ target }) => target.length - held.rows >= needed);
  if (judgedSeries.length === 0) {
    const longest = Math.max(...lengths);
    throw new DataError(
      `${where}: the longest series has ${longest} rows; a horizon of ${horizon} and what the base looks back at need at least ${needed + held.rows}.`,
      { code: "insufficient_data", received: longest, expected: needed + held.rows },
    );
  }
  choices.add(
    "validation",
    held.rows,
    `the last ${held.rows} rows of the ${judgedSeries.length} series long enough judge what is chosen, at origins ${held.step} rows apart; in the end all rows teach`,
  );
  const networks: Sequential[] = [];
  const yielder = createYielder();
  const pause: Pause = () => {
    refuseAborted(fitOptions.signal);
    return yielder();
  };
  const places = placesOfKnown(where, settings.known, panel.series[0]!);
  const effectsOf = (all: typeof panel.series, cut: number): ReturnType<typeof fitKnownEffects> | null => {
    if (places.length === 0) return null;
    const rows = all.map(({ target }) => target.length - cut);
    const transforms = all.map(({ target }, i) => transformOf(target.subarray(0, rows[i]!), settings.log));
    const lag = profile.base === "season" ? profile.short! : 1;
    return fitKnownEffects(all, transforms, rows, { places, names: settings.known }, lag);
  };
  const modelAll = async (
    all: typeof panel.series,
    cut: number,
    statistic: Statistic,
    known: KnownEffects | null,
  ): Promise<PanelSeries[]> => {
    const models: PanelSeries[] = [];
    for (const own of all) {
      const rows = own.target.length - cut;
      models.push(await modelSeries(own, profile, settings.log, rows, statistic, pause, known));
      await pause();
    }
    return models;
  };
  const total = lengths.reduce((sum, rows) => sum + rows, 0);
  // Smoothing is the dearest of all to fit: only where the panel is small.
  const kinds: readonly Statistic[] =
    total <= MOST_SMOOTHED
      ? ["autoregressions", "theta", "smoothing and theta", "all"]
      : ["autoregressions", "theta"];
  try {
    const heldModels = await modelAll(
      judgedSeries,
      held.rows,
      kinds.at(-1)!,
      effectsOf(judgedSeries, held.rows),
    );
    const heldRows = judgedSeries.map(({ target }) => target.length - held.rows);
    const plan = decidePlan(profile, windowsOf(profile, heldRows), settings, choices);
    const members = settings.members ?? MEMBERS;
    for (let member = 0; member < Math.min(JUDGED, members); member++) {
      const teachers = { series: heldModels, rows: heldRows };
      networks.push(await trainMember(profile, plan, teachers, settings.seed, member, fitOptions));
    }
    const judged = judgedAt(heldModels, heldRows, held, profile, kinds);
    const corrections = await correctionsAt(profile, networks, judged);
    const pathsFor = (kind: Statistic, weight: number): Float64Array[] =>
      judged.map(({ statistical, base }, i) => blend(statistical.get(kind)!, base, corrections[i]!, weight));
    const scored = kinds.flatMap((kind) =>
      SHARES.map((weight) => ({ kind, weight, score: scoreOf(pathsFor(kind, weight), judged).score })),
    );
    const alone = scored.filter(({ weight }) => weight === 0).reduce((a, b) => (b.score < a.score ? b : a));
    const network = scored.find(({ weight }) => weight === 1)!;
    const best = options.model === "lstm" ? network : scored.reduce((a, b) => (b.score < a.score ? b : a));
    const { kind: statistic, weight } = best;
    choices.add(
      "statistic",
      statistic,
      `the forecast of each series alone beside the networks'; errors on the held-out rows: ${scored
        .filter((own) => own.weight === 0)
        .map((own) => `${own.kind} ${readable(own.score)}`)
        .join(", ")}`,
    );
    choices.add(
      "weight",
      weight,
      options.model === "lstm"
        ? "given: the networks alone"
        : `share of the networks; error on the held-out rows ${readable(best.score)} with it, ${readable(network.score)} of the networks alone, ${readable(alone.score)} without them`,
    );
    const paths = pathsFor(statistic, weight);
    describeWorst(paths, judged, choices);
    const errors = judged.map(({ series, end }, i) =>
      paths[i]!.map((value, h) => series.y[end + h]! - value),
    );
    const reach = baseReach(profile);
    const pastOf = async (own: PanelSeries, rows: number): Promise<number | null> => {
      await pause();
      return pastError(own, profile, rows, statistic, reach);
    };
    const pasts = new Map<string, number | null>();
    for (const [i, own] of heldModels.entries()) pasts.set(own.id, await pastOf(own, heldRows[i]!));
    const sized = fitErrorScale(
      judged.map(({ series, base }, i) => {
        const size = errors[i]!.reduce((sum, error) => sum + Math.abs(error) / horizon, 0);
        return { id: series.id, unit: base.unit, size };
      }),
      pasts,
    );
    const calibration = calibrate(
      null,
      errors.map((row, i) => row.map((error) => error / sized.expected[i]!)),
      horizon,
    );
    for (const member of networks.splice(0)) member.dispose();
    const known = effectsOf(panel.series, 0);
    if (known !== null) {
      choices.add(
        "known",
        settings.known,
        known.explained > 0
          ? `columns known ahead explain ${Math.round(100 * known.explained)} % of the changes over ${profile.base === "season" ? "a season" : "a step"}; over all series one more unit is worth ${known.pooled.map(readable).join(", ")}`
          : "columns known ahead explain no more than chance would: they are left out",
      );
    }
    const series: PanelSeries[] = [];
    for (const own of await modelAll(panel.series, 0, statistic, known)) {
      const errors = { past: await pastOf(own, own.rows), own: sized.bySeries.get(own.id)?.own ?? null };
      series.push({ ...own, errors });
    }
    const count = weight === 0 ? 0 : members;
    choices.add(
      "members",
      count,
      count === 0
        ? "the networks did not help on the held-out rows, so none is kept"
        : "networks whose mean is taken; every second one learns only from origins of the phase the forecasts begin at",
    );
    const teachers = { series, rows: lengths };
    for (let member = 0; member < count; member++) {
      networks.push(await trainMember(profile, plan, teachers, settings.seed, member, fitOptions));
    }
    return {
      profile,
      plan,
      series,
      networks: networks.splice(0),
      weight,
      statistic,
      calibration,
      errorScale: sized.scale,
      choices,
      known,
      isArray: panel.isArray,
      log: settings.log,
    };
  } finally {
    for (const network of networks) network.dispose();
  }
}

/** Which series differ: those forecast worst and best on the held-out rows. */
function describeWorst(paths: readonly Float64Array[], judged: readonly Judged[], choices: Choices): void {
  const { bySeries } = scoreOf(paths, judged);
  const sorted = [...bySeries].sort((a, b) => b[1] - a[1]);
  const shown = (list: readonly [string, number][]): string =>
    list.map(([id, error]) => `${id} ${readable(error)}`).join(", ");
  const middle = sorted[sorted.length >> 1]![1];
  choices.add(
    "worst",
    sorted.slice(0, 5).map(([id]) => id),
    `errors in units of each series' own changes: ${shown(sorted.slice(0, 5))}; best ${shown(sorted.slice(-3).reverse())}`,
  );
  choices.summary = `${sorted.length} series judged on held-out rows: the median error is ${readable(middle)} of a series' own mean change, the worst ${readable(sorted[0]![1])}.`;
}
