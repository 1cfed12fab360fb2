import type { Sequential } from "../model/sequential.js";
import { mean } from "../numerics/statistics.js";
import { minMaxScaler } from "../series/prepare/min-max-scaler.js";
import { robustScaler } from "../series/prepare/robust-scaler.js";
import type { Scaler } from "../series/prepare/scaler.js";
import { standardScaler } from "../series/prepare/standard-scaler.js";
import { type Carrier, differenceCarrier } from "./chain/carriers.js";
import { type Chain, featuresOf, type Inputs, meanChange, type Prepared } from "./chain/chain.js";
import type { Head } from "./chain/head.js";
import type { RawSeries } from "./chain/raw-series.js";
import {
  type Candidate,
  oneStepScale,
  type Training,
  trainCandidate,
  untrainedChain,
  type ValidationTail,
  validationTail,
} from "./choose/candidate.js";
import {
  type CarrierShares,
  carrierOf,
  describeCarrier,
  type FittedCarriers,
  fitCarriers,
  sharesOf,
} from "./choose/carrier-choice.js";
import { chooseShares } from "./choose/carrier-weights.js";
import { decideEffort } from "./choose/decide.js";
import { type Choices, readable } from "./choose/explanation.js";
import type { Pause } from "./choose/pause.js";
import type { Settings } from "./options.js";
import { changesOf, type Profile } from "./profile.js";
import type { ForecasterFitOptions, ModelKind, Scaling } from "./types.js";

/** What `model` comes down to once it is chosen. */
export type Architecture = Exclude<ModelKind, "auto">;

/** What was chosen by the errors on the validation tail. */
export interface Selection {
  readonly architecture: Architecture;
  readonly best: Candidate;
  /** null: the network stands alone. */
  readonly shares: CarrierShares | null;
  readonly training: Training;
  readonly tail: ValidationTail;
}

/** A blend must be better than a hybrid by this share: where neither network helps, both are the carrier. */
const BLEND_MARGIN = 0.99;

const scalers: Record<Scaling, () => Scaler> = {
  standard: standardScaler,
  minMax: () => minMaxScaler({ featureRange: [-1, 1] }),
  robust: robustScaler,
};

/** Inputs whose scaler has seen rows `[0, rows)`. */
export function inputsFor(raw: RawSeries, profile: Profile, rows: number): Inputs {
  const { impute, log, isNonNegative, difference, calendar, window, scale, prepared } = profile;
  const columns = [prepared.target, ...prepared.others].map((values) => changesOf(values, rows, difference));
  const table = Array.from(columns[0]!, (_, t) => columns.map((values) => values[t]!));
  return {
    names: raw.names,
    target: raw.target,
    impute,
    log,
    isNonNegative,
    difference,
    period: calendar === null ? null : calendar.period,
    season: calendar?.season ?? 1,
    change: meanChange(prepared.target, rows, calendar?.season ?? 1, rows),
    window,
    scaler: scalers[scale]().fit(table),
  };
}

/** What implies the network's forecasts when it is to stand alone. */
const plainCarrier = (inputs: Inputs, prepared: Prepared, rows: number): Carrier =>
  differenceCarrier(inputs.difference, mean(changesOf(prepared.target, rows, inputs.difference)));

/** A chain about carriers that were fitted to rows `[0, rows)`, its network untrained. */
export async function chainFor(
  architecture: Architecture,
  shares: CarrierShares | null,
  fitted: FittedCarriers,
  inputs: Inputs,
  profile: Profile,
  rows: number,
  pause: Pause,
): Promise<Chain> {
  const { prepared, outputs } = profile;
  const alone = plainCarrier(inputs, prepared, rows);
  if (shares === null || architecture === "lstm") return untrainedChain(inputs, alone, alone, outputs, null);
  const carrier = carrierOf(shares, fitted);
  if (architecture === "blend") return untrainedChain(inputs, carrier, alone, outputs, null);
  return untrainedChain(
    inputs,
    carrier,
    carrier,
    outputs,
    await oneStepScale(carrier, prepared, rows, pause),
  );
}

const headOf = ({ intervals, quantiles }: Settings): Head => {
  if (intervals === "conformal") return { kind: "point" };
  if (intervals === "gaussian") return { kind: "gaussian" };
  return { kind: "quantile", levels: [...new Set([0.5, ...quantiles])].sort((a, b) => a - b) };
};

async function chooseCarrier(
  tail: ValidationTail,
  fitted: FittedCarriers,
  log: boolean,
  settings: Settings,
  choices: Choices,
  pause: Pause,
): Promise<CarrierShares> {
  const given = sharesOf(settings.carrier);
  if (given !== null) {
    choices.add("carrier", settings.carrier, "given");
    return given;
  }
  const { shares, errors } = await chooseShares(tail, fitted, log, pause);
  const sorted = [...errors].sort((a, b) => a[1] - b[1]);
  choices.add(
    "carrier",
    shares.length === 1
      ? shares[0]!.part
      : shares.map(({ part, share }) => `${Math.round(100 * share)} % ${part}`).join(" + "),
    `${describeCarrier(shares, fitted)}; RMSE on the validation tail: ${sorted.map(([part, error]) => `${part} ${readable(error)}`).join(", ")}; shares fall with its square`,
  );
  return shares;
}

/** @returns the index of the candidate to take. */
function chooseModel(
  architectures: readonly Architecture[],
  candidates: readonly Candidate[],
  choices: Choices,
): number {
  const [hybrid, blend] = candidates;
  if (blend === undefined) {
    choices.add("model", architectures[0], "given");
    return 0;
  }
  const chosen = blend.score < BLEND_MARGIN * hybrid!.score ? 1 : 0;
  choices.add(
    "model",
    architectures[chosen],
    `errors on the validation tail: ${readable(hybrid!.score)} as a hybrid, whose network learns what the carrier leaves, ${readable(blend.score)} as a blend of the carrier and a network that learns the series itself`,
  );
  return chosen;
}

const range = (values: readonly number[]): string => {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(readable);
  return low === high ? low! : `${low} to ${high}`;
};

/** The shares of the carrier and of the network's outputs in the forecast, step by step. */
function explainWeights({ weights, baseWeights, base, carrier }: Chain, choices: Choices): void {
  const measured = "the least-squares factor on the validation tail, shrunk by the doubt about it";
  const rounded = (values: readonly number[]): number[] =>
    values.map((value) => Number(value.toPrecision(3)));
  const shares = weights.map((weight, o) => weight * baseWeights[o]!);
  choices.add(
    "weight",
    rounded(shares),
    shares.every((share) => share === 0)
      ? "the network did not help on the validation tail, so it is not listened to"
      : `how far the network is believed, ${range(shares)} over the steps ahead: ${measured}`,
  );
  if (base === carrier) return;
  const kept = weights.map((weight) => 1 - weight);
  choices.add(
    "carrierWeight",
    rounded(kept),
    `the carrier's share of the blend, ${range(kept)} over the steps ahead, ${measured}; the rest starts from what the differences imply`,
  );
}

/**
 * Trains what may be chosen on the rows before the tail and chooses by the errors on it. The networks of those not chosen
 * are given back.
 */
export async function select(
  settings: Settings,
  raw: RawSeries,
  profile: Profile,
  choices: Choices,
  options: ForecasterFitOptions,
  pause: Pause,
): Promise<Selection> {
  const { prepared, split, window, difference, outputs, calendar, log, strategy } = profile;
  const { stop, head } = split;
  const inputs = inputsFor(raw, profile, head);
  const tail = validationTail(prepared, split, settings.horizon);
  const windows = stop - window - difference.order * difference.lag - outputs + 1;
  const training: Training = {
    effort: decideEffort(windows, window, featuresOf({ ...inputs, errorScale: 1 }), settings, choices),
    strategy,
    head: headOf(settings),
    seed: settings.seed,
    options,
  };
  const fitted = await fitCarriers(
    prepared.target.subarray(0, head),
    calendar,
    profile,
    pause,
    undefined,
    profile.memo,
  );
  const shares =
    settings.model === "lstm" ? null : await chooseCarrier(tail, fitted, log, settings, choices, pause);
  const architectures: readonly Architecture[] =
    settings.model === "auto" ? ["hybrid", "blend"] : [settings.model];
  const candidates: Candidate[] = [];
  const trained: Sequential[] = [];
  try {
    for (const architecture of architectures) {
      const silent = await chainFor(architecture, shares, fitted, inputs, profile, head, pause);
      const candidate = await trainCandidate(tail, silent, training, architecture === "lstm", pause);
      candidates.push(candidate);
      trained.push(candidate.network);
    }
    const chosen = chooseModel(architectures, candidates, choices);
    const best = candidates[chosen]!;
    if (shares !== null) explainWeights(best.chain, choices);
    trained.splice(chosen, 1);
    return { architecture: architectures[chosen]!, best, shares, training, tail };
  } finally {
    for (const network of trained) network.dispose();
  }
}
