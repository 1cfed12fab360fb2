import { leastSquares } from "../../numerics/least-squares.js";
import { mean } from "../../numerics/statistics.js";
import type { Picture } from "../../viz/picture.js";
import type { ModelCase } from "../model-case.js";
import { bars, PER_CENT } from "../pictures/pictures.js";
import { overlapInShape } from "./window-source.js";

/** What the sample before tells of a sample's target, beyond the sample's own inputs. */
export interface Carry {
  /** How many samples back the sequence went on from: the number of parallel streams. */
  readonly lag: number;
  readonly unexplainedAlone: number;
  readonly unexplainedWithState: number;
  readonly f: number;
}

const LAGS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32];
const MOST_COLUMNS = 40;
/** A state that explains less than half of what is left is no reason to carry it. */
const MOST_UNEXPLAINED_RATIO = 0.5;
/** Where a sample's own inputs leave less of the variance, there is nothing to carry. */
export const LEAST_UNEXPLAINED = 0.05;
/** Fisher's F with one and a hundred degrees of freedom passes 20 once in fifty thousand; a dozen lags are tried. */
const F_BOUND = 20;

/** What is left of the target's variance with a sample's own inputs, and with the state before it. */
export const carryPicture = ({ unexplainedAlone, unexplainedWithState }: Carry): Picture =>
  bars(
    "What the piece before tells",
    [
      ["own inputs alone", 100 * unexplainedAlone],
      ["with the state before", 100 * unexplainedWithState],
    ],
    {
      x: "variance of the target left unexplained (%)",
      y: "known",
      range: PER_CENT,
      marks: { "bound: half": 100 * MOST_UNEXPLAINED_RATIO * unexplainedAlone },
    },
  );

/** Whether samples go on from one another; null where they do not, or are windows that overlap anyway. */
export function carryOf({ windows, file }: ModelCase): Carry | null {
  const { samples, timesteps, features, stride, targets, y } = windows;
  if (!windows.isSequence || stride !== 0 || targets.length === 0 || samples < 60) return null;
  const isStepwise = y.shape.length >= 2 && y.shape[1] === timesteps && timesteps > 1;
  if (overlapInShape(windows)) return null;
  const width = isStepwise ? targets.length / timesteps : targets.length;
  if (width > 4) return null;
  const own = targets[0]!;
  const last = targets[targets.length - width]!;
  const lags = file.batchSize === undefined ? LAGS : [file.batchSize];
  let best: Carry | null = null;
  for (const lag of lags.filter((lag) => lag < samples / 3)) {
    const rows = samples - lag;
    const columns = [new Float64Array(rows).fill(1)];
    // For a target at each step only the first step's inputs are known by then.
    const steps = isStepwise ? 1 : timesteps;
    for (let t = steps - 1; t >= 0; t--) {
      for (let f = 0; f < features && columns.length < MOST_COLUMNS; f++)
        columns.push(Float64Array.from({ length: rows }, (_, n) => windows.at(n + lag, t, f)));
    }
    const target = own.subarray(lag);
    const alone = leastSquares(columns, target);
    const both = leastSquares([...columns.slice(0, alone.rank), last.subarray(0, rows)], target);
    if (both.rank <= alone.rank) continue;
    const [before, after] = [alone.residualSum(alone.rank), both.residualSum(both.rank)];
    const freedom = rows - both.rank;
    const center = mean(target);
    const whole = target.reduce((sum, value) => sum + (value - center) ** 2, 0);
    const f = ((before - after) / Math.max(after, 1e-9 * whole)) * freedom;
    if (
      !(whole > 0) ||
      f < F_BOUND ||
      after > MOST_UNEXPLAINED_RATIO * before ||
      before < LEAST_UNEXPLAINED * whole
    )
      continue;
    if (best === null || after / whole < best.unexplainedWithState)
      best = { lag, unexplainedAlone: before / whole, unexplainedWithState: after / whole, f };
  }
  return best;
}
