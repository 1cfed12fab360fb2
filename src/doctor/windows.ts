import { isTensor, sizeOf, type TensorLike } from "../tensor.js";
import { correlation } from "./statistics.js";

/** Values with a shape, gaps as NaN: what a person hands over before anything was refused. */
export interface Block {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** Opens tensors and nested arrays; null is a gap. Ragged rows end where the first row ends. */
export function openBlock(value: TensorLike): Block {
  if (isTensor(value)) return value;
  const shape: number[] = [];
  let level: unknown = value;
  while (Array.isArray(level) || ArrayBuffer.isView(level)) {
    const { length } = level as ArrayLike<unknown>;
    shape.push(length);
    if (length === 0) break;
    level = (level as ArrayLike<unknown>)[0];
  }
  const data = new Float32Array(sizeOf(shape)).fill(Number.NaN);
  let next = 0;
  const visit = (node: unknown, axis: number): void => {
    if (axis === shape.length) {
      data[next++] = typeof node === "number" ? node : Number.NaN;
      return;
    }
    for (let i = 0; i < shape[axis]!; i++) visit((node as ArrayLike<unknown> | undefined)?.[i], axis + 1);
  };
  visit(value, 0);
  return { shape, data };
}

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
  const { stride, shared } = findOverlap(at, samples, timesteps, features);
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
  const targets = Array.from({ length: width }, (_, k) =>
    Float64Array.from({ length: y.shape[0] ?? 0 }, (_, n) => y.data[n * width + k]!),
  );
  return { x, y, samples, timesteps, features, isSequence, width, stride, columns, targets, at };
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

/** Finds the feature whose value some steps after the window is the target number `which`; null where there is none. */
export function alignmentOf(windows: Windows, which = 0): Alignment | null {
  const { samples, timesteps, features, stride, targets, columns } = windows;
  const target = targets[which];
  if (target === undefined || samples < 10) return null;
  const step = stride === 0 ? (timesteps === 1 ? 1 : 0) : stride;
  if (step === 0) return null;
  for (let horizon = 1; horizon <= MOST_HORIZON; horizon++) {
    const count = samples - Math.ceil(horizon / step);
    if (count < 8) break;
    for (let feature = 0; feature < features; feature++) {
      const future = Float64Array.from(
        { length: count },
        (_, n) => columns[feature]![n * step + timesteps - 1 + horizon] ?? Number.NaN,
      );
      if (!future.every(Number.isFinite)) continue;
      const own = target.subarray(0, count);
      if (Math.abs(correlation(future, own)) < EXACT) continue;
      const first = 0;
      let far = 0;
      for (let n = 1; n < count; n++)
        if (Math.abs(future[n]! - future[first]!) > Math.abs(future[far]! - future[first]!)) far = n;
      const scale = (own[far]! - own[first]!) / (future[far]! - future[first]!);
      return { feature, horizon, scale, offset: own[first]! - scale * future[first]! };
    }
  }
  return null;
}
