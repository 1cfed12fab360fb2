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
export function rowOrder(times: Float64Array, hasZone: boolean): RowOrder {
  const n = times.length;
  let falls = 0;
  let rises = 0;
  for (let row = 1; row < n; row++) {
    if (times[row]! < times[row - 1]!) falls++;
    else if (times[row]! > times[row - 1]!) rises++;
  }
  const isFalling = falls > 0 && rises === 0 ? true : falls > 10 * Math.max(1, rises);
  const forward = isFalling ? times.slice().reverse() : times;
  const changes = hasZone ? [] : clockChanges(forward);
  if (changes === undefined) {
    const row = repeated(forward);
    return { kind: "clock", row: isFalling ? n - 1 - row : row };
  }
  const even = changes.length === 0 ? forward : withoutChanges(forward, changes);
  const isSorted = even.every((time, row) => row === 0 || time > even[row - 1]!);
  if (isSorted) return { kind: isFalling ? "falling" : "rising" };
  const order = Uint32Array.from({ length: n }, (_, row) => row).sort((a, b) => even[a]! - even[b]! || a - b);
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

function repeated(times: Float64Array): number {
  for (let row = 1; row < times.length; row++) if (times[row] === times[row - 1]) return row;
  return 0;
}
