import { type Rule, short } from "../diagnosis.js";
import { memoryNeed } from "../evidence/memory-need.js";
import type { ModelCase } from "../model-case.js";
import { byTimeStep } from "../pictures/pictures.js";
import { unlearntOnNew } from "../trials/unlearnt.js";

const LEARNT_SHARE = 0.5;

/** The gradient is cut after the steps that tell the target. */
export const truncationShorterThanDependency: Rule<ModelCase> = {
  code: "truncation_shorter_than_dependency",
  async look(at) {
    const { truncate } = at.file;
    if (truncate === 0 || at.windows.timesteps <= truncate) return null;
    const need = await memoryNeed(at);
    // From the end the gradient reaches back to the last cut.
    const cut = Math.floor((at.windows.timesteps - 1) / truncate) * truncate;
    if (need === null || need.step >= cut || (at.isTrained && (await unlearntOnNew(at)) < LEARNT_SHARE))
      return null;
    const distance = at.windows.timesteps - 1 - need.step;
    return {
      title: `the gradient is cut ${at.windows.timesteps - cut} steps before the end, the answer lies ${distance} steps back`,
      evidence: {
        truncate,
        gradientReachesStep: cut,
        neededStep: need.step,
        stepsBack: distance,
        bound: at.windows.timesteps - cut,
        dependenceZ: short(need.dependence.strongest),
      },
      why: "Truncated backpropagation gives no gradient at all to what lies before the cut: that the early input matters can never be learnt, however long training lasts.",
      remedy: `compile({ …, truncate: ${Math.ceil(1.25 * distance)} }), or leave truncate out.`,
      fix: { compile: { truncate: null } },
      picture: byTimeStep(
        "What each time step tells of the target, and where the gradient ends",
        { "connection with the target |z|": need.dependence.profile },
        {
          y: "|z| (standard errors)",
          marks: [
            { label: `no gradient before step ${cut}`, x: [0, cut] },
            { label: `needed: ${need.step}`, x: need.step },
            { label: "chance, one in a thousand", y: need.dependence.bound },
          ],
        },
      ),
    };
  },
};
