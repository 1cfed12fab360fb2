import { type Rule, short } from "../diagnosis.js";
import type { ModelCase } from "../model-case.js";
import { bars } from "../pictures/pictures.js";

/** Clipping is for the rare batch. Where each one is cut to a tenth, the bound is a second learning rate. */
const MAX_CUT_RATIO = 10;
/** Adam and its kin divide by the gradient's size: for them a steady cut changes nothing until it is extreme. */
const MAX_CUT_RATIO_NORMALISED = 50;
const BATCHES = 6;

export const gradientClippingAlwaysActive: Rule<ModelCase> = {
  code: "gradient_clipping_always_active",
  async look({ file, experiments }) {
    const { clipnorm, clipvalue, globalClipnorm } = file.optimizer.config;
    const option = Object.entries({ clipnorm, clipvalue, globalClipnorm }).find(
      ([, bound]) => typeof bound === "number",
    );
    if (option === undefined) return null;
    const size = file.batchSize ?? Math.min(32, experiments.x.shape[0]!);
    const count = Math.min(BATCHES, Math.floor(experiments.x.shape[0]! / size));
    const cuts: number[] = [];
    for (let b = 0; b < count; b++) {
      const { x, y } = experiments.batch(b * size, size);
      const { gradientNorm } = await experiments.copy.gradientFlow(x, y);
      cuts.push(gradientNorm.before / gradientNorm.after);
    }
    const least = Math.min(...cuts);
    const bound = file.optimizer.name === "sgd" ? MAX_CUT_RATIO : MAX_CUT_RATIO_NORMALISED;
    if (cuts.length < 2 || !(least > bound)) return null;
    return {
      title: `${option[0]} ${String(option[1])} cuts every batch's gradient to less than a tenth`,
      evidence: {
        option: option[0],
        value: Number(option[1]),
        batches: cuts.length,
        leastCut: short(least),
        largestCut: short(Math.max(...cuts)),
        bound,
      },
      why: "The gradient's length no longer tells how far there is to go: each step is as long as the bound allows, so that training crawls at first and never settles at the end.",
      remedy: `Set ${option[0]} to what the norm rarely exceeds (its 90 % quantile; here norms are about ${short(least * Number(option[1]))}), 1 for scaled data, and steer with the learning rate.`,
      fix: { compile: { optimizer: { clipnorm: null, clipvalue: null, globalClipnorm: 1 } } },
      picture: bars(
        "How far each batch's gradient is cut",
        cuts.map((cut, b) => [`batch ${b}`, cut] as const),
        {
          x: "norm before clipping over norm after",
          y: "batch",
          log: true,
          marks: { [`bound ${bound}`]: bound },
        },
      ),
    };
  },
};
