/** assembly/probe/ in plain loops. */

export function stats(values: readonly number[], low: number, high: number): number[] {
  const finite = values.filter(Number.isFinite);
  const sum = (of: (v: number) => number): number => values.reduce((total, v) => total + of(v), 0);
  return [
    sum((v) => v * v),
    sum(Math.abs),
    Math.min(...finite),
    Math.max(...finite),
    values.filter((v) => v === 0).length,
    values.length - finite.length,
    values.filter((v) => v <= Math.fround(low + 0.05) || v >= Math.fround(high - 0.05)).length,
    sum((v) => v),
  ];
}
