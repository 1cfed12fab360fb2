import type { Examples } from "./examples.js";
import type { GradientFlow } from "./on-demand/gradient-flow.js";
import type { Gradients } from "./on-demand/gradients.js";
import type { Compiled, Program } from "./executor.js";

/** Looks at what one batch does in a model, and leaves it as it was. */
export type Look<Result> = (
  where: string,
  program: Program,
  compiled: Compiled,
  examples: Examples,
) => Result;

/** Fetched when first asked for: a program that trains and predicts does without. */
export const looks = {
  gradients: async (): Promise<Look<Gradients>> => (await import("./on-demand/gradients.js")).gradientsOf,
  gradientFlow: async (): Promise<Look<GradientFlow>> => (await import("./on-demand/gradient-flow.js")).gradientFlowOf,
};
