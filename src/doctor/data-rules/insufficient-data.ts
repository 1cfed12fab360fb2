import type { DataCase } from "../data-case.js";
import type { Rule } from "../diagnosis.js";
import { line, lines } from "../pictures/pictures.js";

/**
 * With n examples a correlation is known to ±1.96 / √n: below 20 a true one of 0.4 cannot be told from none (Fisher 1915).
 */
const LEAST_EXAMPLES = 20;

export const insufficientData: Rule<DataCase> = {
  code: "insufficient_data",
  look(at) {
    const count = at.windows?.samples ?? at.columns[0]?.length ?? 0;
    // Sequences with a target at every step bring as many examples as steps.
    const { windows } = at;
    const perSample =
      windows?.isSequence && windows.y.shape.length >= 2 && windows.y.shape[1] === windows.timesteps
        ? windows.timesteps
        : 1;
    const examples = count * perSample;
    if (examples >= LEAST_EXAMPLES) return null;
    return {
      title: `${examples} ${at.kind === "series" ? "values" : "examples"} are too few to learn from`,
      evidence: {
        examples,
        bound: LEAST_EXAMPLES,
        halfWidthOfCorrelation: Number((1.96 / Math.sqrt(Math.max(1, examples))).toPrecision(3)),
      },
      why: "So few examples do not tell a connection from chance: whatever the model finds in them will not hold for the next ones.",
      remedy: `Bring a longer series, a shorter window, or windows that overlap (stride 1): at least ${LEAST_EXAMPLES} examples, better some hundred. Until then use a baseline: seasonalNaiveForecast or naiveForecast.`,
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
            { label: `bound: ${LEAST_EXAMPLES}`, x: LEAST_EXAMPLES },
          ],
        },
      ),
    };
  },
};
