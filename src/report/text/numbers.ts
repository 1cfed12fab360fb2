/** Numbers as a reader of English expects them, the same in the terminal and in the report. */

/** `2,284`. */
export const wholeNumber = (n: number): string => n.toLocaleString("en-US", { maximumFractionDigits: 0 });

/** Four significant digits, without a power of ten where a reader can do without: `0.3127`, `371.5`, `12,346`, `1.2e-7`. */
export function readableNumber(x: number): string {
  if (!Number.isFinite(x)) return String(x);
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return x.toExponential(3);
  return x.toLocaleString("en-US", {
    maximumSignificantDigits: Math.max(4, Math.ceil(Math.log10(size + 1))),
  });
}

/** `2.6 %`. */
export const percent = (share: number): string =>
  `${(100 * share).toLocaleString("en-US", { maximumFractionDigits: share < 0.1 ? 1 : 0 })} %`;

/** `p = 0.031`, `p < 0.001`: further digits of a p-value say nothing. */
export const pValue = (p: number): string => (p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`);

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${wholeNumber(n)} ${n === 1 ? one : many}`;

/** Decimals that show the smallest of some errors with three significant digits, so that a column lines up. */
export function decimalsFor(values: readonly number[]): number {
  const smallest = Math.min(...values.filter((value) => value > 0 && Number.isFinite(value)));
  return Number.isFinite(smallest) ? Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(smallest)))) : 2;
}
