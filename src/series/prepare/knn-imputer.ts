import { ShapeError, StateError } from "../../errors.js";
import { numberIn, refuseUnknown } from "../../options.js";
import { describeShape } from "../../tensor.js";
import { close, type Frame, type InKind, open, type SeriesLike } from "../kinds.js";
import {
  donorsOf,
  fillFromNeighbours,
  type KnnImputeOptions,
  type Neighbours,
  readNeighbours,
} from "./knn-impute.js";
import type { InverseTransformOptions, Scaler, ScalerJSON } from "./scaler.js";

/** The rows a `knnImputer` was fitted on, and which of them can donate to each column. */
interface Known {
  readonly columns: readonly Float64Array[];
  readonly donors: readonly (readonly number[])[];
}

class KnnImputer implements Scaler {
  readonly kind = "knnImputer";
  readonly #neighbours: Neighbours;
  #known: Known | undefined;

  constructor(options: KnnImputeOptions) {
    this.#neighbours = readNeighbours("knnImputer()", options);
  }

  fit(x: SeriesLike): this {
    const where = "knnImputer.fit()";
    const { columns } = open(where, x, Number.POSITIVE_INFINITY);
    this.#known = { columns, donors: donorsOf(where, columns) };
    return this;
  }

  transform<T extends SeriesLike>(x: T): InKind<T> {
    const where = "knnImputer.transform()";
    const frame = open(where, x, Number.POSITIVE_INFINITY);
    const { columns, donors } = this.#knownFor(where, frame);
    return close<T>(frame, fillFromNeighbours(frame.columns, columns, donors, this.#neighbours));
  }

  inverseTransform<T extends SeriesLike>(x: T, options: InverseTransformOptions = {}): InKind<T> {
    const where = "knnImputer.inverseTransform()";
    refuseUnknown(where, options, ["column"]);
    const frame = open(where, x, Number.POSITIVE_INFINITY);
    if (options.column === undefined) this.#knownFor(where, frame);
    else {
      const max = this.#fitted(where).columns.length - 1;
      numberIn(where, "column", options.column, { min: 0, max, integer: true });
    }
    return close<T>(frame, frame.columns);
  }

  fitTransform<T extends SeriesLike>(x: T): InKind<T> {
    return this.fit(x).transform(x);
  }

  toJSON(): ScalerJSON {
    const { columns } = this.#fitted("knnImputer.toJSON()");
    const rows = Array.from(columns[0]!, (_, t) =>
      columns.map((values) => (Number.isNaN(values[t]) ? null : values[t]!)),
    );
    return { kind: this.kind, options: { ...this.#neighbours }, columns: columns.map(() => ({})), rows };
  }

  #fitted(where: string): Known {
    if (this.#known !== undefined) return this.#known;
    throw new StateError(`${where} was called before fit(). Fit it on the training part of the data first.`);
  }

  #knownFor(where: string, frame: Frame): Known {
    const known = this.#fitted(where);
    if (known.columns.length === frame.columns.length) return known;
    throw new ShapeError(
      `${where}: got ${frame.columns.length} columns ${describeShape(frame.shape)}, but was fitted on ${known.columns.length}.`,
      { received: frame.columns.length, expected: known.columns.length },
    );
  }
}

/**
 * Fills gaps from the `k` rows most like each row among those it was fitted on, as scikit-learn's `KNNImputer`: what
 * later rows hold never fills an earlier gap when it is fitted on the training part. {@link knnImpute} says how
 * likeness is measured and what is taken where nothing can be compared.
 *
 * `inverseTransform` gives values back as they came: a filled gap cannot be told from a measurement. The JSON holds all
 * rows it was fitted on.
 * @throws ConfigError for options out of range; `fit`: DataError for a column without any value.
 *
 * @example
 * const imputer = knnImputer({ k: 1 }).fit([[1, 2], [5, 6]]);
 * imputer.transform([[null, 2.1]]); // [[1, 2.1]]
 */
export const knnImputer = (options: KnnImputeOptions = {}): Scaler => new KnnImputer(options);
