import { ConfigError, DataError, ShapeError, StateError, told } from "../../errors.js";
import { type NumberRange, numberIn, refuseUnknown } from "../../options.js";
import { describeShape } from "../../tensor.js";
import { close, type Frame, type InKind, open, placeIn, type SeriesLike, whichColumn } from "../kinds.js";

/** What a scaler learnt about one column, under names of its own. */
export type ColumnParameters = Readonly<Record<string, number>>;

/** A fitted scaler as plain JSON; `scalerFromJSON` makes it again. */
export interface ScalerJSON {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly columns: readonly ColumnParameters[];
  /** All rows a `knnImputer` was fitted on, null for a gap. Other kinds have none. */
  readonly rows?: readonly (readonly (number | null)[])[];
}

/** Options of a scaler's `inverseTransform`. */
export interface InverseTransformOptions {
  /** All of `x` are values of this column: for predictions of one target out of several columns. Default: columns as they were fitted. */
  readonly column?: number;
}

/**
 * Brings each column to a scale a network learns well from, and back.
 *
 * Fit on the training part only: statistics of later data are knowledge of the future. NaN and null are passed over by
 * `fit` and kept by `transform`, as in scikit-learn; Infinity is refused.
 */
export interface Scaler {
  readonly kind: string;
  /** Learns from `x`, forgetting what was learnt before. @throws DataError for a column without any value. */
  fit(x: SeriesLike): this;
  /**
   * The same kind and shape, scaled. A tensor may have any rank; its last axis holds the columns.
   * @throws StateError before `fit`, ShapeError for another number of columns.
   */
  transform<T extends SeriesLike>(x: T): InKind<T>;
  /** Back to the units of the data. @throws StateError before `fit`, ShapeError for another number of columns. */
  inverseTransform<T extends SeriesLike>(x: T, options?: InverseTransformOptions): InKind<T>;
  fitTransform<T extends SeriesLike>(x: T): InKind<T>;
  /** @throws StateError before `fit`. */
  toJSON(): ScalerJSON;
}

/** The mathematics of one scaler, for one column. */
export interface ScalerMethod<Parameters extends ColumnParameters> {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly parameters: readonly (keyof Parameters & string)[];
  /** Parameters from the values of one column: never empty, never a gap. */
  learn(values: Float64Array, column: number): Parameters;
  apply(value: number, parameters: Parameters): number;
  invert(value: number, parameters: Parameters): number;
}

class ColumnScaler<Parameters extends ColumnParameters> implements Scaler {
  readonly #method: ScalerMethod<Parameters>;
  #columns: readonly Parameters[] | undefined;

  constructor(method: ScalerMethod<Parameters>, columns?: readonly Parameters[]) {
    this.#method = method;
    this.#columns = columns;
  }

  get kind(): string {
    return this.#method.kind;
  }

  fit(x: SeriesLike): this {
    const frame = open(`${this.kind}.fit()`, x, Number.POSITIVE_INFINITY);
    this.#columns = frame.columns.map((values, f) => {
      const present = values.filter((value) => !Number.isNaN(value));
      if (present.length === 0) {
        throw new DataError(`${this.kind}.fit(): ${whichColumn(frame, f)} has no value at all.`, {
          code: "missing_values",
        });
      }
      return this.#method.learn(present, f);
    });
    return this;
  }

  transform<T extends SeriesLike>(x: T): InKind<T> {
    const where = `${this.kind}.transform()`;
    const frame = open(where, x, Number.POSITIVE_INFINITY);
    const fitted = this.#fittedFor(where, frame, "");
    return this.#map<T>(where, frame, fitted, (value, parameters) => this.#method.apply(value, parameters));
  }

  inverseTransform<T extends SeriesLike>(x: T, options: InverseTransformOptions = {}): InKind<T> {
    const where = `${this.kind}.inverseTransform()`;
    refuseUnknown(where, options, ["column"]);
    const frame = open(where, x, Number.POSITIVE_INFINITY);
    let fitted: readonly Parameters[];
    if (options.column === undefined) {
      fitted = this.#fittedFor(where, frame, " For values of a single column, say which: { column }.");
    } else {
      const known = this.#fitted(where);
      const column = numberIn(where, "column", options.column, {
        min: 0,
        max: known.length - 1,
        integer: true,
      });
      fitted = frame.columns.map(() => known[column]!);
    }
    return this.#map<T>(where, frame, fitted, (value, parameters) => this.#method.invert(value, parameters));
  }

  fitTransform<T extends SeriesLike>(x: T): InKind<T> {
    return this.fit(x).transform(x);
  }

  toJSON(): ScalerJSON {
    return {
      kind: this.kind,
      options: { ...this.#method.options },
      columns: this.#fitted(`${this.kind}.toJSON()`).map((parameters) => ({ ...parameters })),
    };
  }

  #fitted(where: string): readonly Parameters[] {
    if (this.#columns !== undefined) return this.#columns;
    throw new StateError(`${where} was called before fit(). Fit it on the training part of the data first.`);
  }

  #fittedFor(where: string, frame: Frame, hint: string): readonly Parameters[] {
    const fitted = this.#fitted(where);
    if (fitted.length === frame.columns.length) return fitted;
    throw new ShapeError(
      `${where}: got ${frame.columns.length} columns ${describeShape(frame.shape)}, but was fitted on ${fitted.length}.${hint}`,
      { received: frame.columns.length, expected: fitted.length },
    );
  }

  #map<T extends SeriesLike>(
    where: string,
    frame: Frame,
    fitted: readonly Parameters[],
    map: (value: number, parameters: Parameters) => number,
  ): InKind<T> {
    const columns = frame.columns.map((values, f) =>
      values.map((value, t) => {
        if (Number.isNaN(value)) return value;
        const result = map(value, fitted[f]!);
        if (Number.isFinite(result)) return result;
        throw new DataError(
          `${where}: ${placeIn(frame, t, f)} is ${value}, which has no finite image under ${told(fitted[f])}.`,
          { received: value, expected: "a value in the scaler's range" },
        );
      }),
    );
    return close<T>(frame, columns);
  }
}

/** A scaler from its mathematics, fitted already when `columns` are given. */
export const createScaler = <Parameters extends ColumnParameters>(
  method: ScalerMethod<Parameters>,
  columns?: readonly Parameters[],
): Scaler => new ColumnScaler(method, columns);

/**
 * `size` unless it is nothing but rounding of values as large as `magnitude`; then 1, so that a constant column comes
 * out constant instead of dividing by zero. (scikit-learn's bound of ten epsilons, made relative to the values.)
 */
export const scaleOrOne = (size: number, magnitude: number): number =>
  size <= 10 * Number.EPSILON * magnitude ? 1 : size;

/** `value` if it is two ascending numbers in range. @throws ConfigError naming the option. */
export function ascendingPair(
  where: string,
  option: string,
  value: unknown,
  range: NumberRange = {},
): [low: number, high: number] {
  if (!Array.isArray(value) || value.length !== 2) {
    throw new ConfigError(`${where}: \`${option}\` is ${told(value)}, expected [low, high].`, {
      received: value,
    });
  }
  const low = numberIn(where, `${option}[0]`, value[0], range);
  const high = numberIn(where, `${option}[1]`, value[1], range);
  if (low < high) return [low, high];
  throw new ConfigError(`${where}: \`${option}\` is [${low}, ${high}], expected the smaller number first.`, {
    received: value,
  });
}
