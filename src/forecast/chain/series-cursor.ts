import { calendarAt } from "../../series/baselines/autoregression.js";
import type { CarrierState } from "./carriers.js";
import {
  type Chain,
  errorUnit,
  featuresOf,
  HARMONICS,
  lastDifference,
  type Prepared,
  unitReach,
} from "./chain.js";

/** A cursor as plain JSON, numbers to the bit. */
export interface TrackJSON {
  readonly index: number;
  readonly values: readonly number[];
  readonly others: readonly (readonly number[])[];
  readonly features: readonly number[];
  readonly state: readonly (readonly number[])[];
  readonly baseState: readonly (readonly number[])[];
}

/** Rows a cursor must keep of the past to go on. */
export const rowsKept = ({ window, carrier, base, difference: { order, lag }, season }: Chain): number =>
  Math.max(window, carrier.memory, base.memory, order * lag + 1, unitReach(season));

/**
 * A series walked along row by row: what the network and the carrier know at each origin. Rows go in one after the other
 * and nothing ever looks ahead, so what is computed at an origin cannot depend on what comes after it.
 */
export class SeriesCursor {
  readonly chain: Chain;
  /** Row that comes next, counted from the first row of the training series. */
  index: number;
  #end: number;
  #values: Float64Array;
  #others: Float64Array[];
  #features: Float32Array;
  readonly #state: CarrierState;
  /** The same as `#state` where the base is the carrier. */
  readonly #baseState: CarrierState;
  readonly #width: number;

  private constructor(
    chain: Chain,
    index: number,
    state: CarrierState,
    baseState: CarrierState,
    capacity: number,
  ) {
    this.chain = chain;
    this.index = index;
    this.#end = 0;
    this.#state = state;
    this.#baseState = chain.base === chain.carrier ? state : baseState;
    this.#width = featuresOf(chain);
    this.#values = new Float64Array(capacity);
    this.#others = chain.names.slice(1).map(() => new Float64Array(capacity));
    this.#features = new Float32Array(capacity * this.#width);
  }

  /** Before row 0, with room for `capacity` rows. */
  static start(chain: Chain, capacity: number): SeriesCursor {
    return new SeriesCursor(chain, 0, chain.carrier.start(), chain.base.start(), capacity);
  }

  /** Where `toJSON` was called. */
  static fromJSON(
    chain: Chain,
    { index, values, others, features, state, baseState }: TrackJSON,
  ): SeriesCursor {
    const [own, base] = [state, baseState].map((parts) => parts.map((part) => Float64Array.from(part)));
    const cursor = new SeriesCursor(chain, index, own!, base!, values.length);
    cursor.#end = values.length;
    cursor.#values.set(values);
    others.forEach((column, f) => {
      cursor.#others[f]!.set(column);
    });
    cursor.#features.set(features);
    return cursor;
  }

  toJSON(): TrackJSON {
    return {
      index: this.index,
      values: Array.from(this.#values.subarray(0, this.#end)),
      others: this.#others.map((values) => Array.from(values.subarray(0, this.#end))),
      features: Array.from(this.#features.subarray(0, this.#end * this.#width)),
      state: this.#state.map((part) => Array.from(part)),
      baseState: this.#baseState.map((part) => Array.from(part)),
    };
  }

  /** A cursor of its own from here on, that knows only what it needs, with room for `more` rows. */
  fork(more: number): SeriesCursor {
    const rows = Math.min(this.#end, rowsKept(this.chain));
    const from = this.#end - rows;
    const copied = (state: CarrierState): CarrierState => state.map((part) => part.slice());
    const copy = new SeriesCursor(
      this.chain,
      this.index,
      copied(this.#state),
      copied(this.#baseState),
      rows + more,
    );
    copy.#end = rows;
    copy.#values.set(this.#values.subarray(from, this.#end));
    copy.#others.forEach((values, f) => {
      values.set(this.#others[f]!.subarray(from, this.#end));
    });
    copy.#features.set(this.#features.subarray(from * this.#width, this.#end * this.#width));
    return copy;
  }

  /** Takes one row in: the target's value in chain space, the other columns' as they are. */
  push(value: number, others: (f: number) => number): void {
    const { chain } = this;
    const error = chain.errorScale === null ? null : (this.path(1)?.[0] ?? null);
    const at = this.#end;
    this.#values[at] = value;
    this.#others.forEach((values, f) => {
      values[at] = others(f);
    });
    this.#end += 1;
    const columns = [this.#values, ...this.#others].map((values) =>
      lastDifference(values, this.#end, chain.difference),
    );
    const seen = this.#end > chain.difference.order * chain.difference.lag;
    const row = seen ? chain.scaler.transform([columns])[0]! : columns;
    if (chain.errorScale !== null) row.push(error === null ? 0 : (value - error) / chain.errorScale);
    if (chain.period !== null) row.push(...calendarAt(this.index, chain.period, HARMONICS));
    this.#features.set(row, at * this.#width);
    chain.carrier.advance(this.#state, this.index, value);
    if (chain.base !== chain.carrier) chain.base.advance(this.#baseState, this.index, value);
    this.index += 1;
  }

  /** Takes rows `[from, to)` in. */
  pushAll({ target, others }: Prepared, from: number, to: number): void {
    for (let t = from; t < to; t++) this.push(target[t]!, (f) => others[f]![t]!);
  }

  /**
   * Takes rows `[from, to)` in on the way to a window that begins with row `seen`: what the network sees of the rows before
   * it is left out, for it costs a forecast of the carrier at each.
   */
  walk(prepared: Prepared, from: number, to: number, seen: number): void {
    const { target, others } = prepared;
    const { carrier, base } = this.chain;
    const bare = Math.max(from, Math.min(to, seen));
    for (let t = from; t < bare; t++) {
      const value = target[t]!;
      this.#values[this.#end] = value;
      for (let f = 0; f < others.length; f++) this.#others[f]![this.#end] = others[f]![t]!;
      this.#end += 1;
      carrier.advance(this.#state, this.index, value);
      if (base !== carrier) base.advance(this.#baseState, this.index, value);
      this.index += 1;
    }
    this.pushAll(prepared, bare, to);
  }

  /** A forecast as if it had been seen; the other columns repeat their last season, or their last value. */
  pushForecast(value: number): void {
    const { season } = this.chain;
    const back = this.#end >= season ? season : 1;
    this.push(value, (f) => this.#others[f]![this.#end - back]!);
  }

  /** The carrier's forecasts; null while it has seen too little. */
  path(horizon: number): Float64Array | null {
    return this.chain.carrier.path(this.#state, this.#values, this.#end, this.index, horizon);
  }

  /** What the network's outputs are added to; null while it has seen too little. */
  basePath(horizon: number): Float64Array | null {
    return this.chain.base.path(this.#baseState, this.#values, this.#end, this.index, horizon);
  }

  /** The unit in which errors of forecasts from here are measured. */
  get errorUnit(): number {
    return errorUnit(this.chain, this.#values, this.#end);
  }

  /** Whether network, base and carrier have seen enough. */
  get isReady(): boolean {
    const { window, carrier, base, difference } = this.chain;
    const seen = window + difference.order * difference.lag;
    return this.#end >= Math.max(seen, carrier.memory, base.memory);
  }

  /** Writes the last `window` rows of what the network sees. */
  writeWindow(into: Float32Array, offset: number): void {
    const { window } = this.chain;
    into.set(this.#features.subarray((this.#end - window) * this.#width, this.#end * this.#width), offset);
  }
}
