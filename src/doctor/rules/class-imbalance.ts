import type { DataCase } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import { bars, PER_CENT } from "../pictures.js";

/** Below this share, always saying the frequent class is right more often than most classifiers are. */
const LEAST_SHARE = 0.05;

/** One class hardly occurs. The bound is a share of what an even split would give, two classes: 5 %. */
export const classImbalance: Rule<DataCase> = {
  code: "class_imbalance",
  severity: "warning",
  explainedBy: ["constant_target"],
  look(at) {
    if (!at.isClassification || at.windows === null) return null;
    const { width, y } = at.windows;
    const counts = new Map<number, number>();
    const isOneHot = width > 1 && oneHot(y.data, width);
    const total = isOneHot ? y.data.length / width : y.data.length;
    for (let n = 0; n < total; n++) {
      const row = y.data.subarray(n * width, (n + 1) * width);
      const label = isOneHot ? row.indexOf(1) : y.data[n]!;
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    if (counts.size < 2) return null;
    const [label, count] = [...counts].reduce((a, b) => (b[1] < a[1] ? b : a));
    const even = 1 / counts.size;
    const bound = 2 * even * LEAST_SHARE;
    const share = count / total;
    // The share's own uncertainty: a 95 % interval that reaches the bound says nothing.
    if (share + 1.96 * Math.sqrt((share * (1 - share)) / total) > bound && share > bound / 2) return null;
    return {
      title: `class ${label} is ${short(100 * share)} % of ${total} labels`,
      evidence: {
        class: label,
        count,
        share: short(share),
        bound: short(bound),
        classes: counts.size,
        labels: total,
      },
      why: "The mean of the loss hardly notices the rare class: always answering the frequent one is a deep valley near the start, with a fine accuracy and no use.",
      remedy: `fit(x, y, { classWeight: { … } }) with weights labels / (classes · count): ${[...counts].map(([name, n]) => `${name}: ${short(total / (counts.size * n))}`).join(", ")}. Judge by recall, not accuracy.`,
      fix: {
        fit: {
          classWeight: Object.fromEntries(
            [...counts].map(([name, n]) => [name, short(total / (counts.size * n))]),
          ),
        },
      },
      picture: bars(
        "Labels by class",
        [...counts]
          .sort(([a], [b]) => a - b)
          .map(([name, n]) => [`class ${name}`, (100 * n) / total] as const),
        {
          x: `share of ${total} labels (%)`,
          y: "class",
          range: PER_CENT,
          marks: { [`bound ${short(100 * bound)} %`]: 100 * bound },
        },
      ),
    };
  },
};

function oneHot(data: ArrayLike<number>, width: number): boolean {
  for (let n = 0; n * width < data.length; n++) {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += data[n * width + k]!;
    if (sum !== 1) return false;
  }
  return true;
}
