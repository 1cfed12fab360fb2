import { type Rule, short } from "../diagnosis.js";
import { allLayers, type ModelCase } from "../model-case.js";
import { bars, PER_CENT } from "../pictures/pictures.js";

/** Srivastava et al. 2014 keep a half to four fifths; what is kept in the product of all below a fifth is mostly noise. */
const LEAST_KEPT = 0.2;
const MOST_RATE = 0.6;

export const dropoutTooHigh: Rule<ModelCase> = {
  code: "dropout_too_high",
  look({ file }) {
    const rates = allLayers(file).flatMap(({ kind, config }) =>
      [kind === "dropout" ? config.rate : undefined, config.dropout, config.recurrentDropout].flatMap(
        (rate) => (typeof rate === "number" && rate > 0 ? [{ name: String(config.name ?? kind), rate }] : []),
      ),
    );
    const kept = rates.reduce((product, { rate }) => product * (1 - rate), 1);
    const worst = rates.reduce<(typeof rates)[number] | undefined>(
      (a, b) => (a === undefined || b.rate > a.rate ? b : a),
      undefined,
    );
    if (worst === undefined || (worst.rate <= MOST_RATE && kept >= LEAST_KEPT)) return null;
    return {
      title: `${worst.name} drops ${short(100 * worst.rate)} % of what passes; ${short(100 * kept)} % is left in all`,
      evidence: {
        layer: worst.name,
        rate: worst.rate,
        bound: MOST_RATE,
        keptInAll: short(kept),
        keptBound: LEAST_KEPT,
      },
      why: "What is dropped is noise on every gradient; when most of the signal is gone, the model learns answers that need none: the mean.",
      remedy:
        "A rate of 0.1 to 0.3 in recurrent layers, at most 0.5 before dense ones; more data or fewer units against overfitting.",
      fix: {
        layers: [
          { kind: "dropout", set: { rate: 0.2 } },
          { kind: "recurrent", set: { dropout: 0.1, recurrentDropout: 0 } },
        ],
      },
      picture: bars(
        "What dropout leaves of the signal",
        [
          ...rates.map(({ name, rate }) => [`after ${name} alone`, 100 * (1 - rate)] as const),
          ...(rates.length > 1 ? [["after all", 100 * kept] as const] : []),
        ],
        {
          x: "kept (%)",
          y: "place",
          range: PER_CENT,
          marks: {
            [`least of all: ${100 * LEAST_KEPT} %`]: 100 * LEAST_KEPT,
            [`least of one: ${100 - 100 * MOST_RATE} %`]: 100 - 100 * MOST_RATE,
          },
        },
      ),
    };
  },
};
