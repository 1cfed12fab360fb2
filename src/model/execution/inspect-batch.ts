import type { Examples } from "../data/examples.js";
import type { GradientFlow } from "../flow.js";
import type { Gradients } from "../on-demand/gradients.js";
import type { Compiled, Executor } from "./executor.js";

/** Looks at what one batch does in a model, and leaves it as it was. */
export type BatchInspection<Result> = (
  where: string,
  executor: Executor,
  compiled: Compiled,
  examples: Examples,
) => Result;

/** Fetched when first asked for: a program that trains and predicts does without. */
export const inspections = {
  gradients: async (): Promise<BatchInspection<Gradients>> =>
    (await import("../on-demand/gradients.js")).gradientsOf,
  gradientFlow: async (): Promise<BatchInspection<GradientFlow>> =>
    (await import("../on-demand/gradient-flow.js")).gradientFlowOf,
};
