import { ConfigError, DataError, ShapeError } from "../../errors.js";
import type { Metric } from "../../metrics/metric.js";
import { isTensor, type Tensor, type TensorLike, toTensor } from "../../tensor.js";
import type { CompileOptions, ManyOutputs } from "../compile.js";
import { checkFinite, type Dataset, type DatasetBatch, type Grouped } from "../data/examples.js";
import type { Port } from "../topology.js";

/** What a model is given: a tensor, or one for each input (output), in their order or by their names. */
export type Tensors = TensorLike | readonly TensorLike[] | Readonly<Record<string, TensorLike>>;

/** Batches for a model with several inputs or outputs. */
export interface ManyBatch {
  readonly x: Tensors;
  readonly y?: Tensors;
  readonly sampleWeight?: Tensors;
}

/** Batches of a graph that can be iterated again for each epoch; see `Dataset`. */
export type ManyDataset = Iterable<ManyBatch> | AsyncIterable<ManyBatch>;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !ArrayBuffer.isView(value) &&
  !isTensor(value) &&
  !(Symbol.iterator in value) &&
  !(Symbol.asyncIterator in value);

const quoted = (ports: readonly Port[]): string => ports.map(({ name }) => `\`${name}\``).join(", ");

/** Values by name, in the order of the ports. @throws ConfigError for a name that is none. */
function byName(
  where: string,
  what: string,
  given: Readonly<Record<string, unknown>>,
  ports: readonly Port[],
): unknown[] {
  const stranger = Object.keys(given).find((key) => !ports.some(({ name }) => name === key));
  if (stranger !== undefined) {
    throw new ConfigError(`${where}: ${what} names \`${stranger}\`, which is none of ${quoted(ports)}.`, {
      received: stranger,
      expected: ports.map(({ name }) => name),
    });
  }
  return ports.map(({ name }) => given[name]);
}

const wrongCount = (where: string, what: string, count: number, ports: readonly Port[]): ShapeError =>
  new ShapeError(
    `${where}: ${what} holds ${count} tensors, expected ${ports.length}, one for each of ${quoted(ports)}, in this order, or a record by these names.`,
    { received: count, expected: ports.length },
  );

/** What was given for each port. */
function perPort(where: string, what: string, given: unknown, ports: readonly Port[]): unknown[] {
  if (isRecord(given)) return byName(where, what, given, ports);
  if (ports.length === 1) {
    const alone =
      Array.isArray(given) && given.length === 1 && (isTensor(given[0]) || ArrayBuffer.isView(given[0]));
    return [alone ? (given as unknown[])[0] : given];
  }
  if (!Array.isArray(given)) throw wrongCount(where, what, 1, ports);
  if (given.length !== ports.length) throw wrongCount(where, what, given.length, ports);
  return given;
}

/** Tensors that stand in the place of one; see `Grouped`. */
function group(tensors: readonly (Tensor | null)[]): Grouped {
  const { shape, data } = tensors.find((tensor) => tensor !== null)!;
  return { shape, data, tensors };
}

/** @throws DataError for NaN, Infinity, or what is missing; ShapeError where the numbers of samples differ. */
function tensorsOf(
  where: string,
  what: string,
  given: readonly unknown[],
  ports: readonly Port[],
  isNeeded: (port: number) => boolean,
  samples: number | undefined,
): (Tensor | null)[] {
  let count = samples;
  return given.map((value, i) => {
    const name = ports.length === 1 ? what : `${what} of \`${ports[i]!.name}\``;
    if (value == null) {
      if (!isNeeded(i)) return null;
      throw new DataError(`${where}: there is no ${name}.`, { expected: ports.map((port) => port.name) });
    }
    const made = toTensor(value as TensorLike);
    checkFinite(where, name, made);
    count ??= made.shape[0]!;
    if (made.shape[0] !== count) {
      throw new ShapeError(`${where}: ${name} holds ${made.shape[0]} samples, and the others ${count}.`, {
        received: made.shape[0],
        expected: count,
      });
    }
    return made;
  });
}

/** How what a user gives is told apart by inputs and outputs. */
export class Ports {
  constructor(
    readonly inputs: readonly Port[],
    readonly outputs: readonly Port[],
    /** Whether an output has a loss, so that it needs labels. */
    readonly isTrained: (output: number) => boolean,
  ) {}

  x(where: string, x: Tensors): Grouped {
    return group(
      tensorsOf(where, "x", perPort(where, "x", x, this.inputs), this.inputs, () => true, undefined),
    );
  }

  y(where: string, y: Tensors, x: Tensor): Grouped {
    const given = perPort(where, "y", y, this.outputs);
    return group(tensorsOf(where, "y", given, this.outputs, this.isTrained, x.shape[0]));
  }

  /** One weight for all outputs, or one for each. */
  weights(where: string, weights: Tensors, x: Tensor): Grouped {
    const { outputs } = this;
    const what = "sampleWeight";
    const isForAll =
      isTensor(weights) ||
      ArrayBuffer.isView(weights) ||
      (Array.isArray(weights) && (typeof weights[0] === "number" || outputs.length === 1));
    const given =
      isForAll && outputs.length > 1 ? outputs.map(() => weights) : perPort(where, what, weights, outputs);
    return group(tensorsOf(where, what, given, outputs, () => false, x.shape[0]));
  }

  /** A batch, its tensors told apart. */
  batch(where: string, batch: ManyBatch): DatasetBatch {
    // What is no batch is refused where batches are read.
    if (typeof batch !== "object" || batch === null || !("x" in batch)) return batch;
    const x = this.x(where, batch.x);
    const { y, sampleWeight } = batch;
    return {
      x,
      ...(y === undefined ? {} : { y: this.y(where, y, x) }),
      ...(sampleWeight === undefined ? {} : { sampleWeight: this.weights(where, sampleWeight, x) }),
    };
  }

  /** The same dataset, batches told apart as they come. */
  dataset(where: string, dataset: Dataset): Dataset {
    const convert = (batch: ManyBatch): DatasetBatch => this.batch(where, batch);
    if (typeof dataset === "function") {
      const make: () => Dataset = dataset;
      return (() => this.dataset(where, make())) as unknown as Dataset;
    }
    const { length } = dataset as { length?: number };
    const own = typeof length === "number" ? { length } : {};
    if (Symbol.asyncIterator in dataset) {
      return {
        ...own,
        async *[Symbol.asyncIterator]() {
          for await (const batch of dataset) yield convert(batch);
        },
      };
    }
    return {
      ...own,
      *[Symbol.iterator]() {
        for (const batch of dataset as Iterable<DatasetBatch>) yield convert(batch);
      },
    };
  }
}

/** How compile options of several outputs are told apart, and what their logs are called (Keras). */
export function outputsByName(outputs: readonly Port[]): ManyOutputs {
  const isMany = outputs.length > 1;
  const isNamed = (value: Readonly<Record<string, unknown>>): boolean =>
    Object.keys(value).some((key) => outputs.some(({ name }) => name === key));
  const needOne = (where: string, option: string, value: unknown): never => {
    throw new ConfigError(
      `${where}: \`${option}\` needs one entry for each of the outputs ${quoted(outputs)}: a list of ${outputs.length}, or a record by their names.`,
      { received: value, expected: outputs.map(({ name }) => name) },
    );
  };
  return {
    split(where: string, option: keyof CompileOptions, value: unknown): readonly unknown[] {
      const isList = option === "metrics" || option === "weightedMetrics";
      if (value == null) return outputs.map(() => null);
      if (
        isRecord(value) &&
        (isNamed(value) || isList || !("name" in value || "kind" in value || "sum" in value))
      ) {
        return byName(where, `\`${option}\``, value, outputs);
      }
      if (Array.isArray(value)) {
        if (!isMany) return [isList && !Array.isArray(value[0]) ? value : value[0]];
        return value.length === outputs.length ? value : needOne(where, option, value);
      }
      // One loss serves all outputs; anything else is meant for one.
      if (isMany && option !== "loss") return needOne(where, option, value);
      return outputs.map(() => value);
    },
    logName: (name, output) => (isMany ? `${outputs[output]!.name}_${name}` : name),
    mean: (output) => (isMany ? lossMean(`${outputs[output]!.name}_loss`) : undefined),
  };
}

/** The mean of an output's own loss over an epoch, before its weight, as Keras logs it. */
function lossMean(name: string): Metric & { add(value: number, size: number): void } {
  let sum = 0;
  let count = 0;
  return {
    name,
    begin() {
      sum = 0;
      count = 0;
    },
    update() {},
    add(value, size) {
      sum += value * size;
      count += size;
    },
    save: () => [sum, count],
    load: (saved) => {
      [sum, count] = saved as [number, number];
    },
    result: () => (count === 0 ? Number.NaN : sum / count),
  };
}
