import {
  ConfigError,
  DataError,
  difference,
  forwardFill,
  interpolate,
  logTransform,
  minMaxScaler,
  robustScaler,
  type Scaler,
  standardScaler,
  type Tensor,
  tensor,
} from "gateflow/series";
import { bundledRows } from "../data/bundled.ts";
import {
  adding,
  announcements,
  autoregressive,
  copy,
  latch,
  noise,
  signOfSum,
  sines,
  sinesBeside,
  spikes,
  threeSines,
} from "../data/generators.ts";
import { mulberry32 } from "../data/random.ts";
import { knobsOf, type Source, sources } from "../data/sources.ts";
import type { Job, OpenedFile } from "../protocol.ts";
import type { StudioRecipe } from "../recipe/studio-recipe.ts";
import { chosenColumns } from "./chosen-columns.ts";

export interface Part {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** Examples as the model gets them, and the way back to the units of the data. */
export interface Prepared {
  readonly train: Part;
  readonly validation: Part;
  /** First target of each validation example in the data's own units. */
  readonly actual: Float64Array;
  /** The model's number for validation example `example` in those units. */
  restore(prediction: number, example: number): number;
  readonly unit: string;
  readonly season: number | undefined;
  readonly axis: "value" | "example";
  /** The raw series, where there is one. */
  readonly series: number[] | null;
}

const scalers = { standard: standardScaler, minMax: minMaxScaler, robust: robustScaler } as const;

/** Rows of a series or examples, as a source or a file gives them. */
type Raw =
  | {
      readonly kind: "series";
      readonly rows: number[][];
      readonly unit: string;
      readonly season: number | undefined;
    }
  | { readonly kind: "examples"; readonly x: Tensor; readonly y: Tensor };

const generators = {
  ...{ sines, sinesBeside, threeSines, spikes, autoregressive },
  ...{ adding, copy, latch, signOfSum, announcements, noise },
};

async function rawOf({ recipe, files }: Job): Promise<Raw> {
  if (recipe.data === "file") return rawOfFile(files.data, recipe.target);
  const source: Source | undefined = sources[recipe.data];
  if (source === undefined) throw new ConfigError(`There are no data called "${recipe.data}".`);
  const knobs = { ...knobsOf(source, recipe.knobs), window: recipe.recipe.window ?? 1 };
  if (source.kind === "examples") {
    const { x, y } = generators[source.generator](knobs);
    return { kind: "examples", x: tensor(x), y: tensor(y as number[][]) };
  }
  const rows =
    source.kind === "bundled" ? await bundledRows(source.file) : generators[source.generator](knobs);
  return { kind: "series", rows, unit: source.unit, season: source.season };
}

function rawOfFile(file: OpenedFile | undefined, target: string | undefined): Raw {
  if (file?.x !== undefined && file.y !== undefined) return { kind: "examples", x: file.x, y: file.y };
  if (file?.rows !== undefined) {
    const { rows, columns } = chosenColumns(file, target);
    return { kind: "series", rows, unit: columns[0] ?? "", season: undefined };
  }
  throw new DataError("This recipe is for a file of yours: open it again.");
}

/** Raw data to examples: gaps, logarithm, differences, scale, windows; what is learnt is learnt from the training part. */
export async function prepare(job: Job): Promise<Prepared> {
  const raw = await rawOf(job);
  return raw.kind === "series" ? prepareSeries(job.recipe, raw) : prepareExamples(job.recipe, raw);
}

/** (x - mean) / deviation as it is often written by hand: a deviation of zero is divided by. */
function withoutGuard(rows: number[][], train: number): number[][] {
  const columns = rows[0]!.map((_, f) => {
    const values = rows.slice(0, train).map((row) => row[f]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / train;
    return {
      mean,
      deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / train),
    };
  });
  return rows.map((row) => row.map((value, f) => (value - columns[f]!.mean) / columns[f]!.deviation));
}

function prepareSeries(
  { recipe, trainShare, fault }: StudioRecipe,
  { rows, unit, season }: Raw & { kind: "series" },
): Prepared {
  const { series: steps = {}, window = 1, horizon = 1 } = recipe;
  const split = Math.floor(trainShare * rows.length);
  const filled =
    steps.impute == null ? rows : steps.impute === "forward" ? forwardFill(rows) : interpolate(rows);
  const logged = steps.log === true ? logTransform(filled) : filled;
  const order = steps.difference === 1 ? 1 : 0;
  const levels = order === 1 ? difference(logged) : logged;
  const train = split - order;
  let scaler: Scaler | null = null;
  let scaled = levels;
  if (fault === "no zero guard") scaled = withoutGuard(levels, train);
  else if (steps.scale != null) {
    scaler = scalers[steps.scale]();
    scaler.fit(fault === "scaler on all" ? levels : levels.slice(0, train));
    scaled = scaler.transform(levels) as number[][];
  }
  const { clip } = steps;
  if (clip != null) scaled = scaled.map((row) => row.map((value) => Math.max(-clip, Math.min(clip, value))));
  const cut = (values: number[][]): Part => windowsOf(values, window, horizon);
  const parts = { train: cut(scaled.slice(0, train)), validation: cut(scaled.slice(train - window)) };
  const rawTargets = { train: levels.slice(0, train), validation: levels.slice(train - window) };
  const faulty = withFault(fault, parts, () => ({
    train: cut(rawTargets.train),
    validation: cut(rawTargets.validation),
  }));
  const first = train;
  return {
    ...faulty,
    actual: Float64Array.from(
      { length: faulty.validation.x.shape[0]! },
      (_, i) => rows[first + order + i]![0]!,
    ),
    restore(prediction, example) {
      if (!Number.isFinite(prediction)) return Number.NaN;
      let value =
        scaler === null || fault === "raw target"
          ? prediction
          : (scaler.inverseTransform([prediction], { column: 0 }) as number[])[0]!;
      // Differences begin one value later: this is the one before the target.
      if (order === 1) value += logged[first + example]![0]!;
      return steps.log === true ? Math.exp(value) : value;
    },
    unit,
    season,
    axis: "value",
    series: rows.map(([value]) => value!),
  };
}

/** As slidingWindows of the library, but gaps are let through, so that the doctor can see them. */
function windowsOf(rows: number[][], window: number, horizon: number): Part {
  const features = rows[0]?.length ?? 1;
  const count = rows.length - window - horizon + 1;
  if (count < 2) {
    throw new DataError(
      `A window of ${window} needs more than the ${rows.length} values of this part. Choose a smaller window.`,
      { code: "insufficient_data", received: rows.length },
    );
  }
  const x = new Float32Array(count * window * features);
  const y = new Float32Array(count * horizon);
  for (let i = 0; i < count; i++) {
    for (let t = 0; t < window; t++) x.set(rows[i + t]!, (i * window + t) * features);
    for (let h = 0; h < horizon; h++) y[i * horizon + h] = rows[i + window + h]![0]!;
  }
  return { x: { shape: [count, window, features], data: x }, y: { shape: [count, horizon], data: y } };
}

function prepareExamples(
  { recipe, trainShare, fault }: StudioRecipe,
  { x, y }: Raw & { kind: "examples" },
): Prepared {
  const split = Math.floor(trainShare * x.shape[0]!);
  const part = (from: number, to: number, scaledX: Tensor, scaledY: Tensor): Part => ({
    x: sliced(scaledX, from, to),
    y: sliced(scaledY, from, to),
  });
  const { scale = null } = recipe.series ?? {};
  const isClasses = /crossentropy/i.test(recipe.compile.loss);
  const features = x.shape.at(-1)!;
  let scaledX = x;
  let scaledY = y;
  let targetScaler: Scaler | null = null;
  if (scale !== null) {
    const rows = rowsOf(x, features);
    const inTrain = rows.slice(0, (rows.length / x.shape[0]!) * split);
    const scaler = scalers[scale]().fit(inTrain);
    scaledX = { shape: x.shape, data: Float32Array.from((scaler.transform(rows) as number[][]).flat()) };
    if (!isClasses && fault !== "raw target") {
      targetScaler = scalers[scale]();
      const values = Array.from(y.data);
      targetScaler.fit(values.slice(0, (values.length / y.shape[0]!) * split));
      scaledY = { shape: y.shape, data: Float32Array.from(targetScaler.transform(values) as number[]) };
    }
  }
  const parts = withFault(
    fault,
    { train: part(0, split, scaledX, scaledY), validation: part(split, x.shape[0]!, scaledX, scaledY) },
    () => ({ train: part(0, split, scaledX, y), validation: part(split, x.shape[0]!, scaledX, y) }),
  );
  const width = y.data.length / y.shape[0]!;
  const own = y.shape.at(-1)!;
  return {
    ...parts,
    // Of targets at every step the last one.
    actual: Float64Array.from(
      { length: x.shape[0]! - split },
      (_, i) => y.data[(split + i + 1) * width - (y.shape.length > 1 ? own : 1)]!,
    ),
    restore: (prediction) =>
      targetScaler === null || !Number.isFinite(prediction)
        ? prediction
        : (targetScaler.inverseTransform([prediction]) as number[])[0]!,
    unit: "",
    season: undefined,
    axis: "example",
    series: null,
  };
}

function rowsOf({ data }: Tensor, width: number): number[][] {
  const rows: number[][] = [];
  for (let at = 0; at < data.length; at += width) rows.push(Array.from(data.subarray(at, at + width)));
  return rows;
}

/** Examples [from, to). */
export function sliced({ shape, data }: Tensor, from: number, to: number): Tensor {
  const size = data.length / shape[0]!;
  return { shape: [to - from, ...shape.slice(1)], data: data.slice(from * size, to * size) };
}

interface Parts {
  readonly train: Part;
  readonly validation: Part;
}

/** What a case does to its targets. */
function withFault(fault: StudioRecipe["fault"], parts: Parts, raw: () => Parts): Parts {
  const targets = (change: (part: Part, name: keyof Parts) => Tensor): Parts => ({
    train: { x: parts.train.x, y: change(parts.train, "train") },
    validation: { x: parts.validation.x, y: change(parts.validation, "validation") },
  });
  switch (fault) {
    case "leak":
      return targets(({ x }) => lastInputs(x));
    case "permuted targets":
      return targets(({ y }, name) => (name === "train" ? permuted(y) : y));
    case "constant target":
      return targets(({ y }) => ({ shape: y.shape, data: new Float32Array(y.data.length).fill(0.7) }));
    case "raw target": {
      const given = raw();
      return targets((_, name) => given[name].y);
    }
    case "label shape":
      return targets(({ x }) => ({ shape: [x.shape[0]!, x.data.length / x.shape[0]!], data: x.data }));
    default:
      return parts;
  }
}

const lastInputs = (x: Tensor): Tensor => {
  const size = x.data.length / x.shape[0]!;
  return {
    shape: [x.shape[0]!, 1],
    data: Float32Array.from({ length: x.shape[0]! }, (_, i) => x.data[(i + 1) * size - x.shape.at(-1)!]!),
  };
};

function permuted({ shape, data }: Tensor): Tensor {
  const uniform = mulberry32(0);
  const values = Float32Array.from(data);
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return { shape, data: values };
}
