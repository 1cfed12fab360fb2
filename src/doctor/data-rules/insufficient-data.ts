import type { DataCase } from "../data-case.js";
import { type Finding, type Rule, short } from "../diagnosis.js";
import { beatenBy } from "../evidence/constant-answers.js";
import { isStepwise } from "../evidence/outputs.js";
import type { ModelCase } from "../model-case.js";
import { line, lines } from "../pictures/pictures.js";

/**
 * With n examples a correlation is known to ±1.96 / √n: below 20 a true one of 0.4 cannot be told from none (Fisher 1915).
 */
const LEAST_EXAMPLES = 20;

/** Correlations below a fifth do not show: what a trained model does worse than a baseline it had too little to learn from. */
const FEW_EXAMPLES = 100;

/** Sequences with a target at every step bring as many examples as steps. */
function examplesOf(at: DataCase): number {
  const { windows } = at;
  const count = windows?.samples ?? at.columns[0]?.length ?? 0;
  return windows !== null && isStepwise(windows) ? count * windows.timesteps : count;
}

export const insufficientData: Rule<DataCase> = {
  code: "insufficient_data",
  look(at) {
    const examples = examplesOf(at);
    if (examples >= LEAST_EXAMPLES) return null;
    return findingOf(at, examples, {});
  },
};

/** What is left out must cost a tenth more than a constant answer does: as much as that answer's own error is known to. */
const WORSE_LEFT_OUT = 1.1;
const USUAL_BATCH_SIZE = 32;

/**
 * What copies come to on examples left out, over a constant answer's loss: so few held back tell too little of it. null where
 * that is no more than the answer's own.
 */
async function worseLeftOut({ experiments, fit }: ModelCase): Promise<number | null> {
  const constant = experiments.constantLoss;
  if (experiments.isStateful || experiments.isMany || constant === null || !(constant > 0)) return null;
  const ratio = (await experiments.leftOut(fit.batchSize ?? USUAL_BATCH_SIZE)) / constant;
  return ratio > WORSE_LEFT_OUT ? ratio : null;
}

/** The same of a trained model: it has few examples, and on new ones it is worse than an answer that learns nothing. */
export const insufficientDataLearnt: Rule<ModelCase> = {
  code: "insufficient_data",
  isLast: true,
  async look(at) {
    const examples = examplesOf(at.data);
    const { validation } = at.data;
    if (!at.isTrained || examples >= FEW_EXAMPLES) return null;
    const held = await at.experiments.validationLoss();
    const constant = at.experiments.validationConstant;
    const isWorse = held !== null && constant !== null && held > constant;
    const beaten = isWorse || validation === null ? null : await beatenBy(at);
    const leftOut = isWorse || beaten !== null ? null : await worseLeftOut(at);
    if (!isWorse && beaten === null && leftOut === null) return null;
    return findingOf(at.data, examples, {
      severity: "warning",
      ...(leftOut === null
        ? { validationLoss: short(held ?? Number.NaN) }
        : { leftOutLossOverConstant: short(leftOut), ratioBound: WORSE_LEFT_OUT }),
      baseline: beaten?.name ?? "the best constant answer",
    });
  },
};

function findingOf(
  at: DataCase,
  examples: number,
  { severity, ...more }: { readonly severity?: "warning" } & Readonly<Record<string, number | string>>,
): Finding {
  const bound = severity === undefined ? LEAST_EXAMPLES : FEW_EXAMPLES;
  return {
    ...(severity === undefined ? {} : { severity }),
    title: `${examples} ${at.kind === "series" ? "values" : "examples"} are too few to learn from`,
    evidence: {
      examples,
      bound,
      halfWidthOfCorrelation: Number((1.96 / Math.sqrt(Math.max(1, examples))).toPrecision(3)),
      ...more,
    },
    why: "So few examples do not tell a connection from chance: whatever the model finds in them will not hold for the next ones.",
    remedy: `Bring a longer series, a shorter window, or windows that overlap (stride 1): at least ${bound} examples, better some hundred. Until then use a baseline: seasonalNaiveForecast or naiveForecast.`,
    picture: lines(
      "How exactly a correlation is known",
      [
        line(
          "half-width of the 95 % interval",
          Array.from({ length: 98 }, (_, i) => 1.96 / Math.sqrt(i + 3)),
          { first: 3 },
        ),
      ],
      {
        x: "examples",
        y: "correlation",
        marks: [
          { label: `here: ${examples}`, x: examples },
          { label: `bound: ${bound}`, x: bound },
        ],
      },
    ),
  };
}
