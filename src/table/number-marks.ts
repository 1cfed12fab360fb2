/** What people write behind numbers, and what it makes of them. */

/** Letters with which Eurostat and others mark a value as provisional, estimated, revised …, and stars and crosses. */
const FLAG = /^([+-]?[\d.,]*\d)(?:\s+[bcdefnprsuz]{1,3}|\s?[*#†‡]{1,2})$/;
/** `1.5K`, `220.3M`, `2B`: whole words of money and volumes. */
const MULTIPLE = /^([+-]?[\d.,]*\d)([KMBT])$/;
const FACTORS: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, B: 1e9, T: 1e12 };

/** A column without its marks. */
export interface Unmarked {
  /** Empty for a gap. */
  readonly texts: readonly string[];
  /** By how much each number is to be multiplied; undefined: none is. */
  readonly factors: Float64Array | undefined;
  readonly notes: readonly string[];
}

/**
 * Takes flags and multiples from behind numbers.
 * @param texts of a column, empty for gaps.
 * @returns undefined where there are none.
 */
export function withoutMarks(texts: readonly string[]): Unmarked | undefined {
  const flagged = texts.find((text) => FLAG.test(text));
  if (flagged !== undefined)
    return {
      texts: texts.map((text) => FLAG.exec(text)?.[1] ?? text),
      factors: undefined,
      notes: [`marks behind numbers left out, as in ${JSON.stringify(flagged)}`],
    };
  const many = texts.find((text) => MULTIPLE.test(text));
  if (many === undefined) return undefined;
  const matches = texts.map((text) => MULTIPLE.exec(text));
  return {
    texts: texts.map((text, row) => matches[row]?.[1] ?? text),
    factors: Float64Array.from(matches, (match) => FACTORS[match?.[2] ?? ""] ?? 1),
    notes: [`letters behind numbers are thousands (K), millions (M), billions (B): ${JSON.stringify(many)}`],
  };
}
