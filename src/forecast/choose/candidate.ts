import { DataError } from "../../errors.js";
import type { History } from "../../model/events.js";
import type { Sequential } from "../../model/sequential.js";
import type { Carrier } from "../chain/carriers.js";
import { type Chain, featuresOf, type Inputs, type Prepared, rowsSeen } from "../chain/chain.js";
import { type Head, pointOf } from "../chain/head.js";
import type { SeriesCursor } from "../chain/series-cursor.js";
import { scalesOf, toExamples, tracksAt, type Windows, windowsOf } from "../chain/training-windows.js";
import { createNetwork, type Examples, type NetworkPlan, trainNetwork } from "../network.js";
import { networkRows, predictCursors } from "../predict.js";
import type { ForecasterFitOptions, Strategy } from "../types.js";
import type { Effort } from "./decide.js";
import type { Pause } from "./pause.js";
import type { Split } from "./split.js";
import { shrunkWeights } from "./weights.js";

/**
 * Where everything is chosen. Rows before `stop` teach the network, those before `head` tell it when to stop (and teach the
 * carriers), those after `head` judge: what stopped where a tail liked it must not be judged by that tail.
 */
export interface ValidationTail {
  readonly prepared: Prepared;
  readonly stop: number;
  readonly head: number;
  readonly rows: number;
  /** Steps ahead that count. */
  readonly horizon: number;
  /** Origins in the tail that are judged. */
  readonly origins: readonly number[];
}

/** Judging more origins than these costs time and tells little more. */
const MOST_ORIGINS = 400;

export function validationTail(prepared: Prepared, { stop, head }: Split, horizon: number): ValidationTail {
  const rows = prepared.target.length;
  const stride = Math.ceil((rows - head) / MOST_ORIGINS);
  const origins: number[] = [];
  for (let t = head; t < rows; t += stride) origins.push(t);
  return { prepared, stop, head, rows, horizon, origins };
}

/** Errors at the tail's origins, NaN beyond the last row. */
export function errorsAt(tail: ValidationTail, paths: readonly Float64Array[]): Float64Array[] {
  return paths.map((path, i) =>
    path.map((value, h) => {
      const t = tail.origins[i]! + h;
      return t < tail.rows ? tail.prepared.target[t]! - value : Number.NaN;
    }),
  );
}

/** Mean over the steps ahead of the root mean squared error, so that far steps do not drown the near ones. */
export function scoreOf(errors: readonly Float64Array[]): number {
  const steps = errors[0]!.length;
  let [total, counted] = [0, 0];
  for (let h = 0; h < steps; h++) {
    let [sum, count] = [0, 0];
    for (const row of errors) {
      if (Number.isNaN(row[h]!)) continue;
      sum += row[h]! ** 2;
      count += 1;
    }
    if (count === 0) continue;
    total += Math.sqrt(sum / count);
    counted += 1;
  }
  return total / counted;
}

/** A chain whose network says nothing. */
export const untrainedChain = (
  inputs: Inputs,
  carrier: Carrier,
  base: Carrier,
  outputs: number,
  errorScale: number | null,
): Chain => ({
  ...inputs,
  carrier,
  base,
  errorScale,
  outputs,
  targetScale: new Array<number>(outputs).fill(1),
  baseWeights: new Array<number>(outputs).fill(1),
  weights: new Array<number>(outputs).fill(0),
});

/** Rows walked between two chances for others to be heard. */
const STRIDE = 500;

/** Errors of a carrier alone on the tail. @throws when it has no path at the first origin. */
export async function carrierErrors(
  tail: ValidationTail,
  carrier: Carrier,
  pause: Pause,
): Promise<Float64Array[]> {
  const { target } = tail.prepared;
  const state = carrier.start();
  const paths: Float64Array[] = [];
  let t = 0;
  for (const origin of tail.origins) {
    for (; t < origin; t++) {
      carrier.advance(state, t, target[t]!);
      if (t % STRIDE === 0) await pause();
    }
    paths.push(carrier.path(state, target, origin, origin, tail.horizon)!);
  }
  return errorsAt(tail, paths);
}

/** Root mean square of a carrier's one-step errors over rows `[0, rows)`; 1 when it never errs. */
export async function oneStepScale(
  carrier: Carrier,
  { target }: Prepared,
  rows: number,
  pause: Pause,
): Promise<number> {
  const state = carrier.start();
  let [sum, count] = [0, 0];
  for (let t = 0; t < rows; t++) {
    if (t % STRIDE === 0) await pause();
    const path = carrier.path(state, target, t, t, 1);
    if (path !== null) {
      sum += (target[t]! - path[0]!) ** 2;
      count += 1;
    }
    carrier.advance(state, t, target[t]!);
  }
  return sum > 0 ? Math.sqrt(sum / count) : 1;
}

/** A chain with its network, and how both did on the tail. */
export interface Candidate {
  readonly chain: Chain;
  readonly network: Sequential;
  readonly plan: NetworkPlan;
  readonly history: History;
  /** Epochs that were best on the tail. */
  readonly epochs: number;
  /** `[origins][horizon]` in chain space. */
  readonly errors: readonly Float64Array[];
  readonly cursors: readonly SeriesCursor[];
  readonly score: number;
}

export interface Training {
  readonly effort: Effort;
  readonly strategy: Strategy;
  readonly head: Head;
  readonly seed: number;
  readonly options: ForecasterFitOptions;
}

/** Windows `[0, train)` all of whose targets lie before `stop`, and `[from, to)` all of whose targets lie in `[stop, head)`. */
function cut(
  { origins }: Windows,
  { stop, head }: ValidationTail,
  outputs: number,
): { train: number; from: number; to: number } {
  const before = (row: number): number => origins.filter((origin) => origin + outputs <= row).length;
  return { train: before(stop), from: origins.filter((origin) => origin < stop).length, to: before(head) };
}

/** Trains a network on what the base leaves and weighs it against the carrier on the tail; `full` believes it whole. */
export async function trainCandidate(
  tail: ValidationTail,
  silent: Chain,
  training: Training,
  full: boolean,
  pause: Pause,
): Promise<Candidate> {
  const { prepared, head, horizon } = tail;
  const { effort, strategy, seed, options } = training;
  const windows = await windowsOf(silent, prepared, head, effort.windows, pause);
  const { train, from, to } = cut(windows, tail, silent.outputs);
  const targetScale = scalesOf(windows, train, silent.outputs);
  const plan: NetworkPlan = {
    ...effort,
    window: silent.window,
    features: featuresOf(silent),
    outputs: silent.outputs,
    strategy,
    head: training.head,
    seed,
  };
  const network = createNetwork(plan);
  try {
    // What the carriers look back at may leave no window to learn from: they forecast alone.
    if (!full && (train === 0 || to === from))
      return await withoutNetwork(tail, silent, training.head, network, plan, pause);
    const part = (first: number, end: number): Examples =>
      toExamples(windows, first, end, silent, targetScale);
    const { history, bestEpoch } = await trainNetwork(network, plan, part(0, train), part(from, to), options);
    const scaled: Chain = { ...silent, targetScale };
    const cursors = await tracksAt(scaled, prepared, tail.origins, pause);
    const chain: Chain = { ...scaled, ...(await weigh(tail, network, training.head, scaled, cursors, full)) };
    const forecasts = await predictCursors(network, training.head, chain, cursors, horizon);
    const errors = errorsAt(
      tail,
      forecasts.map(({ mean }) => mean),
    );
    return { chain, network, plan, history, epochs: bestEpoch + 1, errors, cursors, score: scoreOf(errors) };
  } catch (error) {
    network.dispose();
    throw error;
  }
}

/** A candidate whose network was never trained and has no say. */
async function withoutNetwork(
  tail: ValidationTail,
  chain: Chain,
  head: Head,
  network: Sequential,
  plan: NetworkPlan,
  pause: Pause,
): Promise<Candidate> {
  if (head.kind !== "point") {
    throw new DataError(
      "forecaster.fit(): the rows hold no window for a network that tells its own intervals. Give more rows, or leave `intervals` out.",
      { code: "insufficient_data", received: tail.head },
    );
  }
  const cursors = await tracksAt(chain, tail.prepared, tail.origins, pause, rowsSeen(chain, false));
  const forecasts = await predictCursors(network, head, chain, cursors, tail.horizon);
  const errors = errorsAt(
    tail,
    forecasts.map(({ mean }) => mean),
  );
  const history = { epoch: [], history: { loss: [], val_loss: [] } };
  return { chain, network, plan, history, epochs: 0, errors, cursors, score: scoreOf(errors) };
}

async function weigh(
  tail: ValidationTail,
  network: Sequential,
  head: Head,
  chain: Chain,
  cursors: readonly SeriesCursor[],
  full: boolean,
): Promise<Pick<Chain, "baseWeights" | "weights">> {
  const { outputs, targetScale, carrier, base, baseWeights } = chain;
  if (full) return { baseWeights, weights: new Array<number>(outputs).fill(1) };
  const rows = await networkRows(network, chain, cursors);
  const said = rows.map((row) =>
    Float64Array.from({ length: outputs }, (_, o) => targetScale[o]! * pointOf(head, row, o)),
  );
  const paths = cursors.map((cursor) => cursor.path(outputs)!);
  const errors = errorsAt(tail, paths);
  if (base === carrier) return { baseWeights, weights: shrunkWeights(errors, said, outputs) };
  const basePaths = cursors.map((cursor) => cursor.basePath(outputs)!);
  const believed = shrunkWeights(errorsAt(tail, basePaths), said, outputs);
  const corrections = basePaths.map((path, n) =>
    path.map((value, o) => value - paths[n]![o]! + believed[o]! * said[n]![o]!),
  );
  return { baseWeights: believed, weights: shrunkWeights(errors, corrections, outputs) };
}

/** The candidate's network trained anew on all rows, for as many epochs as were best, about carriers fitted to all. */
export async function retrain(
  candidate: Candidate,
  silent: Chain,
  prepared: Prepared,
  training: Training,
  pause: Pause,
): Promise<{ chain: Chain; network: Sequential }> {
  const windows = await windowsOf(silent, prepared, prepared.target.length, training.effort.windows, pause);
  const count = windows.origins.length;
  const targetScale = scalesOf(windows, count, silent.outputs);
  const plan = { ...candidate.plan, epochs: candidate.epochs };
  const network = createNetwork(plan);
  try {
    const examples = toExamples(windows, 0, count, silent, targetScale);
    await trainNetwork(network, plan, examples, null, training.options);
  } catch (error) {
    network.dispose();
    throw error;
  }
  const { weights, baseWeights } = candidate.chain;
  return { chain: { ...silent, targetScale, baseWeights, weights }, network };
}
