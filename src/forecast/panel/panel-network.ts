import { exp } from "../../elementary.js";
import { dense } from "../../layers/dense.js";
import { dropout } from "../../layers/dropout.js";
import { lstm } from "../../layers/recurrent/lstm.js";
import { timeDistributed } from "../../layers/time-distributed/time-distributed.js";
import type { DatasetBatch } from "../../model/data/examples.js";
import type { Callback } from "../../model/events.js";
import { type Sequential, sequential } from "../../model/sequential.js";
import { adamw } from "../../optimizers/adam.js";
import { createRandom, type Random } from "../../random.js";
import { cosineDecay } from "../../schedules/cosine-decay.js";
import type { NamedTensor } from "../../tensor.js";
import { refuseAborted } from "../network.js";
import type { ForecasterFitOptions } from "../types.js";
import { baseAt, baseReach } from "./panel-base.js";
import { featureCount, writeFeatures } from "./panel-features.js";
import type { PanelProfile } from "./panel-profile.js";
import type { PanelSeries } from "./panel-series.js";

/** Updates an epoch: often enough for progress to be seen. */
const UPDATES = 100;
/** Epochs at the end whose weights are averaged: the last steps of a falling rate wander about one place. */
const AVERAGED = 4;
const WARMUP = 100;
/** Corrections are cut off at so many units, weights at so many means: one broken series must not teach all others. */
const MOST_UNITS = 20;
const MOST_WEIGHT = 20;

/** What a network of a panel is made of and how it is trained. */
export interface PanelPlan {
  readonly units: readonly number[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
}

/** Series with the rows of each that teach. */
export interface Teachers {
  readonly series: readonly PanelSeries[];
  readonly rows: readonly number[];
}

/** An untrained network; the output starts at zero, so that training begins at the base. */
export function createPanelNetwork(profile: PanelProfile, { units }: PanelPlan, seed: number): Sequential {
  const shape = [profile.steps, featureCount(profile)];
  const [before, after] = profile.steps === 1 ? [0.15, 0.3] : [0, 0.3];
  const input = { inputShape: shape };
  return sequential(
    [
      ...(before > 0 ? [dropout({ rate: before, ...input })] : []),
      ...units.flatMap((size, i) => [
        lstm({ units: size, returnSequences: true, ...(i === 0 && before === 0 ? input : {}) }),
        dropout({ rate: after }),
      ]),
      timeDistributed({ layer: dense({ units: profile.horizon, kernelInitializer: "zeros" }) }),
    ],
    { name: "panel", seed },
  );
}

/** First origin with all that the base wants, and the last one whose targets lie before `rows`. */
const originsOf = (profile: PanelProfile, rows: number): [number, number] => [
  baseReach(profile),
  rows - profile.horizon,
];

/** Windows all series together hold. */
export const windowsOf = (profile: PanelProfile, rows: readonly number[]): number =>
  rows.reduce((sum, count) => {
    const [first, last] = originsOf(profile, count);
    return sum + Math.max(0, last - first + 1);
  }, 0);

/** Row of step `k` of a sequence that ends at origin `end`. */
export const stepRow = ({ steps, gap }: PanelProfile, first: number, end: number, k: number): number =>
  Math.max(Math.min(first, end), end - gap * (steps - 1 - k));

/**
 * How much one unit of a series' correction weighs: half its relative error, half its error in units of the series' own
 * changes, each over its mean, so that the loss is that of sMAPE and MASE together.
 */
function weigher(
  profile: PanelProfile,
  { series, rows }: Teachers,
): (i: number, end: number, unit: number) => number {
  let [relative, scaled, count] = [0, 0, 0];
  series.forEach((own, i) => {
    const end = rows[i]!;
    if (end < baseReach(profile)) return;
    const { unit } = baseAt(own, profile, end);
    relative += unit;
    scaled += own.change > 0 ? (unit * own.level) / own.change : 0;
    count += 1;
  });
  const [a, b] = [relative / Math.max(1, count), scaled / Math.max(1, count)];
  return (i, end, unit) => {
    const { y, transform, change } = series[i]!;
    let sum = 0;
    for (let h = 0; h < profile.horizon; h++) sum += y[end + h]! / profile.horizon;
    const level = transform.log ? exp(sum) : transform.scale;
    const own = 0.5 / a + (change > 0 && b > 0 ? (0.5 * level) / change / b : 0);
    return Math.min(MOST_WEIGHT, unit * own);
  };
}

/**
 * Batches drawn from all series, made when they are asked for: series by the root of their length, origins evenly, or only
 * those that lie whole seasons before the end.
 */
function* drawBatches(
  profile: PanelProfile,
  { series, rows }: Teachers,
  batchSize: number,
  samePhase: boolean,
  random: Random,
  weigh: (i: number, end: number, unit: number) => number,
): Generator<DatasetBatch> {
  const { steps, horizon } = profile;
  const width = featureCount(profile);
  const ends = new Float64Array(series.length);
  let total = 0;
  rows.forEach((count, i) => {
    const [first, last] = originsOf(profile, count);
    total += Math.sqrt(Math.max(0, last - first + 1));
    ends[i] = total;
  });
  const draw = (): number => {
    const at = random.uniform() * total;
    let [low, high] = [0, series.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  for (let batch = 0; batch < UPDATES; batch++) {
    const x = new Float32Array(batchSize * steps * width);
    const y = new Float32Array(batchSize * steps * horizon);
    const weights = new Float32Array(batchSize * steps);
    for (let n = 0; n < batchSize; n++) {
      const i = draw();
      const own = series[i]!;
      const [first, last] = originsOf(profile, rows[i]!);
      const phase = samePhase && profile.base === "season" ? profile.short! : 1;
      const end = last - phase * random.integer(Math.floor((last - first) / phase) + 1);
      for (let k = 0; k < steps; k++) {
        const row = n * steps + k;
        const at = stepRow(profile, first, end, k);
        const base = baseAt(own, profile, at);
        writeFeatures(own, profile, at, base, x, row * width);
        for (let h = 0; h < horizon; h++) {
          const correction = (own.y[at + h]! - base.values[h]!) / base.unit;
          y[row * horizon + h] = Math.max(-MOST_UNITS, Math.min(MOST_UNITS, correction));
        }
        weights[row] = weigh(i, at, base.unit);
      }
    }
    yield {
      x: { shape: [batchSize, steps, width], data: x },
      y: { shape: [batchSize, steps, horizon], data: y },
      sampleWeight: { shape: [batchSize, steps], data: weights },
    };
  }
}

/** Averages the weights after the last epochs and leaves the mean in the model. */
function averageLast(epochs: number): Callback {
  const kept: NamedTensor[] = [];
  let count = 0;
  const callback: Callback = {
    onEpochEnd(epoch) {
      if (epoch < epochs - AVERAGED) return;
      count += 1;
      callback.model!.getWeights().forEach((tensor, i) => {
        const sum = kept[i];
        if (sum === undefined) {
          kept.push({ ...tensor, data: Float32Array.from(tensor.data) });
          return;
        }
        for (let k = 0; k < sum.data.length; k++) {
          sum.data[k] = sum.data[k]! + (tensor.data[k]! - sum.data[k]!) / count;
        }
      });
      if (epoch === epochs - 1) callback.model!.setWeights(kept);
    },
  };
  return callback;
}

/**
 * One network taught by all series.
 * @param member from 0: every second one sees only origins of the phase the forecasts begin at.
 * @throws StateError when `signal` was aborted.
 */
export async function trainMember(
  profile: PanelProfile,
  plan: PanelPlan,
  teachers: Teachers,
  seed: number,
  member: number,
  { callbacks = [], signal }: ForecasterFitOptions,
): Promise<Sequential> {
  const network = createPanelNetwork(profile, plan, seed + member);
  try {
    const warmup = Math.min(WARMUP, Math.floor((plan.epochs * UPDATES) / 10));
    network.compile({
      optimizer: adamw({
        learningRate: cosineDecay({
          initialLearningRate: plan.learningRate / 10,
          warmupTarget: plan.learningRate,
          warmupSteps: warmup,
          decaySteps: plan.epochs * UPDATES - warmup,
          alpha: 0.02,
        }),
        weightDecay: 0,
        globalClipnorm: 1,
      }),
      loss: "mae",
    });
    const random = createRandom(seed + member).fork("panel");
    const weigh = weigher(profile, teachers);
    const batches = {
      [Symbol.iterator]: () =>
        drawBatches(profile, teachers, plan.batchSize, member % 2 === 0, random, weigh),
    };
    await network.fit(batches, {
      epochs: plan.epochs,
      callbacks: [...callbacks, averageLast(plan.epochs)],
      ...(signal === undefined ? {} : { signal }),
    });
    refuseAborted(signal);
    return network;
  } catch (error) {
    network.dispose();
    throw error;
  }
}

/** Origins that go through a network at a time. */
const CHUNK = 256;

/** Mean corrections of all members at the origins, in units of each origin's base: `[origins][horizon]`. */
export async function correctionsAt(
  profile: PanelProfile,
  networks: readonly Sequential[],
  origins: readonly { readonly series: PanelSeries; readonly end: number }[],
): Promise<Float64Array[]> {
  const { steps, horizon } = profile;
  const width = featureCount(profile);
  const first = baseReach(profile);
  const sums = origins.map(() => new Float64Array(horizon));
  for (let from = 0; from < origins.length; from += CHUNK) {
    const part = origins.slice(from, from + CHUNK);
    const data = new Float32Array(part.length * steps * width);
    part.forEach(({ series, end }, n) => {
      for (let k = 0; k < steps; k++) {
        const at = stepRow(profile, first, end, k);
        writeFeatures(series, profile, at, baseAt(series, profile, at), data, (n * steps + k) * width);
      }
    });
    for (const network of networks) {
      const { data: said } = await network.predict(
        { shape: [part.length, steps, width], data },
        { batchSize: 64 },
      );
      part.forEach((_, n) => {
        const row = (n * steps + steps - 1) * horizon;
        const sum = sums[from + n]!;
        for (let h = 0; h < horizon; h++) sum[h]! += said[row + h]! / networks.length;
      });
    }
  }
  return sums;
}
