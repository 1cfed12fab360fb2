import { correlation } from "../../numerics/statistics.js";
import { type Block, openBlock } from "../../recipe/open-block.js";
import type { TensorLike } from "../../tensor.js";

/** Training examples as the rules see them: x `[samples, timesteps, features]`, y `[samples, width]`. */
export interface Windows {
  readonly x: Block;
  readonly y: Block;
  readonly samples: number;
  /** 1 where x has no time axis. */
  readonly timesteps: number;
  readonly features: number;
  readonly isSequence: boolean;
  /** Numbers a sample's target has. */
  readonly width: number;
  /** Rows from one window to the next; 0: samples are no windows of one series. */
  readonly stride: number;
  /**
   * The value of a feature some steps after a sample's last one (before it, where negative), read from the windows that
   * follow; NaN where they end, or where the next one begins elsewhere, as at the joint of two series.
   */
  after(sample: number, steps: number, feature: number): number;
  /** One column a feature: the series the windows were cut from, or all values where they are no windows. */
  readonly columns: readonly Float64Array[];
  /** One column for each of the target's numbers, sample by sample. */
  readonly targets: readonly Float64Array[];
  at(sample: number, step: number, feature: number): number;
}

/** Windows that differ here and there, for example at gaps, still come from one series. */
const SAME_SHARE = 0.98;
const MOST_STRIDE = 24;
const MOST_PAIRS = 200;

interface Overlap {
  readonly stride: number;
  /** Which features are the same wherever two windows overlap: the others belong to their window. */
  readonly shared: readonly boolean[];
}

/** Looks for the shift at which neighbouring windows show the same values, each feature by itself. */
function findOverlap(at: Windows["at"], samples: number, timesteps: number, features: number): Overlap {
  const none = { stride: 0, shared: [] };
  if (timesteps < 2 || samples < 4) return none;
  const every = Math.max(1, Math.floor((samples - 1) / MOST_PAIRS));
  const sharedAt = (stride: number, f: number): boolean => {
    let [same, all, distinct] = [0, 0, 0];
    for (let n = 0; n + 1 < samples; n += every) {
      let equal = true;
      for (let t = 0; t + stride < timesteps && equal; t++) {
        const [here, next] = [at(n, t + stride, f), at(n + 1, t, f)];
        if (here !== next && !(Number.isNaN(here) && Number.isNaN(next))) equal = false;
        if (at(n, t, f) !== at(n, t + stride, f)) distinct++;
      }
      all++;
      if (equal) same++;
    }
    // A feature that never changes is a window of anything.
    return same >= SAME_SHARE * all && distinct > 0;
  };
  for (let stride = 1; stride < Math.min(timesteps, MOST_STRIDE + 1); stride++) {
    const shared = Array.from({ length: features }, (_, f) => sharedAt(stride, f));
    if (shared.some(Boolean)) return { stride, shared };
  }
  return none;
}

/** Rounding to float32 leaves the correlation of a stretch with itself, shifted and scaled, nearer to 1 than this. */
const SAME_SHAPE = 1 - 1e-6;
/** Two points always lie on a line. */
const LEAST_SHAPE = 4;

/**
 * Whether neighbouring samples show the same stretch on a scale of their own: windows each less its last value, or divided
 * by its own spread, overlap as others do.
 */
export function overlapInShape({ samples, timesteps, features, at }: Windows): boolean {
  if (samples < 2) return false;
  const every = Math.max(1, Math.floor((samples - 1) / MOST_PAIRS));
  const most = (1 - SAME_SHARE) * Math.ceil((samples - 1) / every);
  for (let stride = 1; stride <= Math.min(timesteps - LEAST_SHAPE, MOST_STRIDE); stride++) {
    const steps = Array.from({ length: timesteps - stride }, (_, t) => t);
    for (let f = 0; f < features; f++) {
      // Nearly all pairs must agree: a few that do not are enough to know.
      let others = 0;
      for (let n = 0; n + 1 < samples && others <= most; n += every) {
        const here = steps.map((t) => at(n, t + stride, f));
        const next = steps.map((t) => at(n + 1, t, f));
        if (!(correlation(here, next) > SAME_SHAPE)) others++;
      }
      if (others <= most) return true;
    }
  }
  return false;
}

/** How many windows after each one go on from it without a break: the last of a series has none. */
function runsOf(
  at: Windows["at"],
  samples: number,
  timesteps: number,
  { stride, shared }: Overlap,
): Int32Array {
  const runs = new Int32Array(samples);
  const goesOn = (n: number): boolean => {
    for (let t = 0; t + stride < timesteps; t++) {
      for (const [f, isShared] of shared.entries()) {
        const [here, next] = [at(n, t + stride, f), at(n + 1, t, f)];
        if (isShared && here !== next && !(Number.isNaN(here) && Number.isNaN(next))) return false;
      }
    }
    return true;
  };
  for (let n = samples - 2; n >= 0; n--) runs[n] = goesOn(n) ? runs[n + 1]! + 1 : 0;
  return runs;
}

/** Opens examples. */
export function openWindows(xLike: TensorLike, yLike: TensorLike): Windows {
  const x = openBlock(xLike);
  const y = openBlock(yLike);
  const samples = x.shape[0] ?? 0;
  const isSequence = x.shape.length >= 3;
  const timesteps = isSequence ? x.shape[1]! : 1;
  const features = samples === 0 ? 0 : x.data.length / samples / timesteps;
  const width = y.shape[0] ? y.data.length / y.shape[0] : 0;
  const at = (sample: number, step: number, feature: number): number =>
    x.data[(sample * timesteps + step) * features + feature]!;
  const overlap = findOverlap(at, samples, timesteps, features);
  const { stride, shared } = overlap;
  const isConstant = (f: number): boolean =>
    x.data.every((value, i) => i % features !== f || Object.is(value, x.data[f]));
  const columns = Array.from({ length: features }, (_, f) => {
    if (stride === 0 || !(shared[f] || isConstant(f))) {
      return Float64Array.from({ length: samples * timesteps }, (_, i) => x.data[i * features + f]!);
    }
    const length = timesteps + (samples - 1) * stride;
    return Float64Array.from({ length }, (_, i) => {
      const sample = Math.min(samples - 1, Math.floor(i / stride));
      return at(sample, i - sample * stride, f);
    });
  });
  // One step a sample: samples in their order are taken for the series.
  const step = stride === 0 && timesteps === 1 ? 1 : stride;
  const runs = stride === 0 ? null : runsOf(at, samples, timesteps, overlap);
  const after = (sample: number, steps: number, feature: number): number => {
    if (steps <= 0) return at(sample, timesteps - 1 + steps, feature);
    const windows = Math.ceil(steps / step);
    const isKnown = runs === null ? step > 0 && sample + windows < samples : windows <= runs[sample]!;
    return isKnown ? at(sample + windows, timesteps - 1 + steps - windows * step, feature) : Number.NaN;
  };
  const targets = Array.from({ length: width }, (_, k) =>
    Float64Array.from({ length: y.shape[0] ?? 0 }, (_, n) => y.data[n * width + k]!),
  );
  return { x, y, samples, timesteps, features, isSequence, width, stride, columns, targets, at, after };
}

/** Which feature's future a target number is, and how far ahead; affinely, for it may be scaled by itself. */
export interface Alignment {
  readonly feature: number;
  readonly horizon: number;
  /** target = scale · feature + offset. */
  readonly scale: number;
  readonly offset: number;
}

const MOST_HORIZON = 64;
/** float32 leaves a correlation of a value with itself nearer to 1 than this. */
const EXACT = 1 - 1e-9;

/**
 * Finds the feature whose value some steps after the window is the target; null where there is none.
 *
 * @param target the target's column to look for; default: the first.
 */
export function alignmentOf(windows: Windows, target = windows.targets[0]): Alignment | null {
  const { samples, timesteps, features, stride } = windows;
  if (target === undefined || samples < 10) return null;
  const step = stride === 0 ? (timesteps === 1 ? 1 : 0) : stride;
  if (step === 0) return null;
  for (let horizon = 1; horizon <= MOST_HORIZON && samples - Math.ceil(horizon / step) >= 8; horizon++) {
    for (let feature = 0; feature < features; feature++) {
      const future: number[] = [];
      const own: number[] = [];
      for (let n = 0; n < samples; n++) {
        const value = windows.after(n, horizon, feature);
        if (Number.isNaN(value)) continue;
        future.push(value);
        own.push(target[n]!);
      }
      if (future.length < 8 || !(Math.abs(correlation(future, own)) >= EXACT)) continue;
      let far = 0;
      for (let n = 1; n < future.length; n++)
        if (Math.abs(future[n]! - future[0]!) > Math.abs(future[far]! - future[0]!)) far = n;
      const scale = (own[far]! - own[0]!) / (future[far]! - future[0]!);
      return { feature, horizon, scale, offset: own[0]! - scale * future[0]! };
    }
  }
  return null;
}
