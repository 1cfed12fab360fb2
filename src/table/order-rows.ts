import { clockChanges, withoutChanges } from "../calendar/clock-changes.js";

/** What a column of moments says of its rows. */
export type RowOrder =
  | { readonly kind: "rising" }
  /** Newest first. */
  | { readonly kind: "falling" }
  /** Rows in the order of their times. */
  | { readonly kind: "mixed"; readonly rows: Uint32Array }
  /** Two rows of one moment: their numbers. */
  | {
      readonly kind: "repeated";
      readonly rows: readonly [number, number];
      readonly count: number;
      readonly order: Uint32Array;
    }
  /** An hour that comes twice has its rows interleaved. */
  | { readonly kind: "clock"; readonly row: number };

/**
 * How rows stand in time. A clock put back in autumn makes no disorder: rows in the order of the file are in the order of
 * time.
 * @param hasZone whether the times are those of UTC, so that no clock is put back.
 */
export function* rowOrder(times: Float64Array, hasZone: boolean): Generator<void, RowOrder, void> {
  const n = times.length;
  let falls = 0;
  let rises = 0;
  for (let row = 1; row < n; row++) {
    if (times[row]! < times[row - 1]!) falls++;
    else if (times[row]! > times[row - 1]!) rises++;
  }
  const isFalling = falls > 0 && rises === 0 ? true : falls > 10 * Math.max(1, rises);
  const forward = isFalling ? times.slice().reverse() : times;
  yield;
  const changes = hasZone ? [] : yield* clockChanges(forward);
  yield;
  if (changes === undefined) {
    const row = repeated(forward);
    return { kind: "clock", row: isFalling ? n - 1 - row : row };
  }
  const even = changes.length === 0 ? forward : withoutChanges(forward, changes);
  const isSorted = even.every((time, row) => row === 0 || time > even[row - 1]!);
  if (isSorted) return { kind: isFalling ? "falling" : "rising" };
  yield;
  const order = yield* sortedRows(even);
  const original = isFalling ? order.map((row) => n - 1 - row) : order;
  let count = 0;
  let first: [number, number] | undefined;
  for (let i = 1; i < n; i++) {
    if (even[order[i]!]! !== even[order[i - 1]!]!) continue;
    count++;
    first ??= [original[i - 1]!, original[i]!].sort((a, b) => a - b) as [number, number];
  }
  if (first !== undefined) return { kind: "repeated", rows: first, count, order: original };
  return { kind: "mixed", rows: original };
}

/** Rows sorted at once: longer runs would hold everybody else up. */
const RUN = 16_384;

/** The rows in the order of their times, those of one moment as they stand: runs are sorted, then merged. */
function* sortedRows(times: Float64Array): Generator<void, Uint32Array, void> {
  const n = times.length;
  let from = Uint32Array.from({ length: n }, (_, row) => row);
  for (let at = 0; at < n; at += RUN) {
    from.subarray(at, at + RUN).sort((a, b) => times[a]! - times[b]! || a - b);
    yield;
  }
  let to = new Uint32Array(n);
  for (let run = RUN; run < n; run *= 2) {
    for (let at = 0; at < n; at += 2 * run) {
      const middle = Math.min(n, at + run);
      const end = Math.min(n, at + 2 * run);
      let [a, b] = [at, middle];
      for (let i = at; i < end; i++) {
        const left = b >= end || (a < middle && times[from[a]!]! <= times[from[b]!]!);
        to[i] = from[left ? a++ : b++]!;
        if (i % RUN === RUN - 1) yield;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

function repeated(times: Float64Array): number {
  for (let row = 1; row < times.length; row++) if (times[row] === times[row - 1]) return row;
  return 0;
}
